package function_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/storeship/storeship/internal/deliverymetrics/function"
	"github.com/storeship/storeship/internal/deliverymetrics/measure"
)

// service answers requests in the order of its answers; each is a status and a body. It keeps what it was asked.
type service struct {
	answers []string
	asked   []string
	headers []http.Header
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.asked = append(s.asked, r.Method+" "+r.URL.Path+" "+r.Header.Get("X-Amz-Target")+" "+string(body))
	s.headers = append(s.headers, r.Header)
	answer := `200 {}`
	if len(s.answers) > 0 {
		answer, s.answers = s.answers[0], s.answers[1:]
	}
	var status int
	var text string
	fmt.Sscan(answer, &status)
	_, text, _ = strings.Cut(answer, " ")
	w.WriteHeader(status)
	io.WriteString(w, text)
}

func newClient(t *testing.T, s *service) *function.Client {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return &function.Client{
		Region:      "us-west-2",
		Credentials: function.Credentials{ID: "AKIDEXAMPLE", Secret: "secret", Token: "token"},
		Endpoint:    func(string) string { return server.URL + "/" },
		Pause:       func(int) {},
	}
}

// Catches: a request that DynamoDB does not take: the form is that of its API reference, with an update expression that adds to a set.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
func TestTableAdds(t *testing.T) {
	s := &service{}
	table := &function.Table{Client: newClient(t, s), Name: "facts"}
	fact := measure.Fact{Kind: measure.Deploy, Time: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Name: "prod"}
	if err := table.Add(t.Context(), "shop-catalog", "1a2b", fact); err != nil {
		t.Fatal(err)
	}
	const want = `POST / DynamoDB_20120810.UpdateItem {"ExpressionAttributeNames":{"#expires":"expires","#facts":"facts"},` +
		`"ExpressionAttributeValues":{":expires":{"N":"1806969600"},":facts":{"SS":["2026-03-01T00:00:00.000Z deploy prod"]}},` +
		`"Key":{"execution":{"S":"1a2b"},"pipeline":{"S":"shop-catalog"}},"TableName":"facts",` +
		`"UpdateExpression":"ADD #facts :facts SET #expires = if_not_exists(#expires, :expires)"}`
	if len(s.asked) != 1 || s.asked[0] != want {
		t.Errorf("asked\n%s\nwant\n%s", strings.Join(s.asked, "\n"), want)
	}
	h := s.headers[0]
	if h.Get("Content-Type") != "application/x-amz-json-1.0" || h.Get("X-Amz-Security-Token") != "token" ||
		!strings.HasPrefix(h.Get("Authorization"), "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"+h.Get("X-Amz-Date")[:8]+"/us-west-2/dynamodb/aws4_request, SignedHeaders=") {
		t.Errorf("headers %v", h)
	}
}

// Catches: a history of which only the first page is read, and one read while it is not yet what was written.
func TestTableReads(t *testing.T) {
	began := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	item := func(id, state string, hours int) string {
		at := began.Add(time.Duration(hours) * time.Hour)
		f := measure.Fact{Kind: measure.Pipeline, Time: at, State: state, Began: at}
		return fmt.Sprintf(`{"pipeline":{"S":"p"},"execution":{"S":%q},"facts":{"SS":[%q]},"expires":{"N":"1"}}`, id, f)
	}
	s := &service{answers: []string{
		`200 {"Count":1,"Items":[` + item("a", "SUCCEEDED", 0) + `],"LastEvaluatedKey":{"pipeline":{"S":"p"},"execution":{"S":"a"}}}`,
		`200 {"Count":0,"Items":[],"LastEvaluatedKey":{"pipeline":{"S":"p"},"execution":{"S":"b"}}}`,
		`200 {"Count":1,"Items":[` + item("c", "FAILED", 5) + `]}`,
	}}
	table := &function.Table{Client: newClient(t, s), Name: "facts"}
	h, err := table.Read(t.Context(), "p")
	if err != nil {
		t.Fatal(err)
	}
	if samples := h.Samples(began.Add(24 * time.Hour)); len(samples.Well) != 1 || samples.Well[0].Took != 5*time.Hour {
		t.Errorf("%+v", samples)
	}
	const query = `POST / DynamoDB_20120810.Query {"ConsistentRead":true,%s"ExpressionAttributeNames":{"#pipeline":"pipeline"},` +
		`"ExpressionAttributeValues":{":pipeline":{"S":"p"}},"KeyConditionExpression":"#pipeline = :pipeline","TableName":"facts"}`
	want := []string{
		fmt.Sprintf(query, ""),
		fmt.Sprintf(query, `"ExclusiveStartKey":{"execution":{"S":"a"},"pipeline":{"S":"p"}},`),
		fmt.Sprintf(query, `"ExclusiveStartKey":{"execution":{"S":"b"},"pipeline":{"S":"p"}},`),
	}
	if !slices.Equal(s.asked, want) {
		t.Errorf("asked\n%s\nwant\n%s", strings.Join(s.asked, "\n"), strings.Join(want, "\n"))
	}
	s.answers = []string{`200 {"Items":[{"execution":{"S":"a"},"facts":{"SS":["nonsense"]}}]}`}
	if _, err := table.Read(t.Context(), "p"); err == nil || !strings.Contains(err.Error(), `no fact: "nonsense"`) {
		t.Errorf("got %v", err)
	}
}

// Catches: a service that is busy for a moment taken for one that refuses, one that refuses asked again and again, and an error that
// does not say who refused what.
func TestTries(t *testing.T) {
	for _, c := range []struct {
		answers []string
		asked   int
		want    string
	}{
		{[]string{`500 {"__type":"InternalServerError"}`, `503 `, `200 {}`}, 3, ""},
		{[]string{`400 {"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"slow down"}`, `200 {}`}, 2, ""},
		{[]string{`400 {"__type":"com.amazon.coral.service#AccessDeniedException","Message":"User is not authorized"}`}, 1,
			"DynamoDB_20120810.UpdateItem: 400 AccessDeniedException: User is not authorized"},
		{[]string{`500 x`, `500 x`, `500 x`, `500 x`, `502 <html>`}, 5, "DynamoDB_20120810.UpdateItem: 502 : "},
	} {
		s := &service{answers: c.answers}
		err := (&function.Table{Client: newClient(t, s), Name: "facts"}).Add(t.Context(), "p", "e", measure.Fact{Kind: measure.Deploy, Name: "prod"})
		if got := fmt.Sprint(err); len(s.asked) != c.asked || got != c.want && (c.want != "" || err != nil) {
			t.Errorf("%v: asked %d times, want %d; got %s, want %s", c.answers, len(s.asked), c.asked, got, c.want)
		}
	}
}

// Catches: a commit's date that is misread, a commit that is gone for which every event fails, and a refusal that passes for one.
// https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetCommit.html
func TestCodeCommit(t *testing.T) {
	const answer = `200 {"commit":{"additionalData":"","committer":{"date":"1484167798 -0800","name":"Mary Major","email":"mary_major@example.com"},` +
		`"author":{"date":"1484100000 -0800","name":"Mary Major","email":"mary_major@example.com"},"treeId":"347a3408EXAMPLE","parents":["7aa87a0EXAMPLE"],"message":"Fix"}}`
	for _, c := range []struct{ answer, want string }{
		{answer, "2017-01-11 20:49:58 +0000 UTC <nil>"},
		{`400 {"__type":"CommitIdDoesNotExistException","message":"gone"}`, "0001-01-01 00:00:00 +0000 UTC <nil>"},
		{`400 {"__type":"RepositoryDoesNotExistException"}`, "0001-01-01 00:00:00 +0000 UTC <nil>"},
		{`400 {"__type":"AccessDeniedException","message":"no"}`, "0001-01-01 00:00:00 +0000 UTC CodeCommit_20150413.GetCommit: 400 AccessDeniedException: no"},
		{`200 {"commit":{"committer":{"date":"soon"}}}`, `0001-01-01 00:00:00 +0000 UTC commit 8cf40f2 of my-repo: date "soon"`},
	} {
		s := &service{answers: []string{c.answer}}
		at, err := (&function.CodeCommit{Client: newClient(t, s)}).Committed(t.Context(), "my-repo", "8cf40f2")
		if got := fmt.Sprint(at, " ", err); got != c.want {
			t.Errorf("%s: got %s, want %s", c.answer, got, c.want)
		}
		if want := `POST / CodeCommit_20150413.GetCommit {"commitId":"8cf40f2","repositoryName":"my-repo"}`; s.asked[0] != want || s.headers[0].Get("Content-Type") != "application/x-amz-json-1.1" {
			t.Errorf("asked %s, want %s", s.asked[0], want)
		}
	}
}

// dynamoDB keeps items as the real one does, as far as the function asks it to.
type dynamoDB struct{ items map[string]map[string]bool }

func (d *dynamoDB) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in struct {
		TableName, UpdateExpression, KeyConditionExpression string
		ConsistentRead                                      bool
		Key                                                 map[string]map[string]string
		ExclusiveStartKey                                   map[string]map[string]string
		ExpressionAttributeNames                            map[string]string
		ExpressionAttributeValues                           map[string]struct {
			S, N string
			SS   []string
		}
	}
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&in); err != nil {
		http.Error(w, err.Error(), 400)
		return
	}
	if r.Header.Get("X-Amz-Target") == "DynamoDB_20120810.UpdateItem" {
		id := in.Key["pipeline"]["S"] + "/" + in.Key["execution"]["S"]
		if d.items[id] == nil {
			d.items[id] = map[string]bool{}
		}
		for _, line := range in.ExpressionAttributeValues[":facts"].SS {
			d.items[id][line] = true
		}
		io.WriteString(w, "{}")
		return
	}
	// A page of three items.
	prefix, start := in.ExpressionAttributeValues[":pipeline"].S+"/", in.ExclusiveStartKey["execution"]["S"]
	out := map[string]any{}
	var items []any
	for _, id := range slices.Sorted(maps.Keys(d.items)) {
		execution, ours := strings.CutPrefix(id, prefix)
		if !ours || execution <= start {
			continue
		}
		if len(items) == 3 {
			break
		}
		items = append(items, map[string]any{"execution": map[string]string{"S": execution}, "facts": map[string]any{"SS": slices.Collect(maps.Keys(d.items[id]))}})
		out["LastEvaluatedKey"] = map[string]any{"pipeline": map[string]string{"S": strings.TrimSuffix(prefix, "/")}, "execution": map[string]string{"S": execution}}
	}
	out["Items"] = items
	if len(items) < 3 {
		delete(out, "LastEvaluatedKey")
	}
	json.NewEncoder(w).Encode(out)
}
