package sdk_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/codecommit"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/internal/deliverymetrics/function"
	"github.com/storeship/storeship/internal/deliverymetrics/measure"
)

var credentials = aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", SessionToken: "a/token+of=a=session"}

// asked is a request that arrived.
type asked struct {
	target, kind, body, signature string
	// again is the signature that AWS's own signer gives it.
	again string
}

// serve answers every request with answer, and keeps them.
func serve(t *testing.T, service, answer string) (address string, requests *[]asked) {
	t.Helper()
	requests = &[]asked{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		a := asked{r.Header.Get("X-Amz-Target"), r.Header.Get("Content-Type"), string(body), r.Header.Get("Authorization"), ""}
		again, no := http.NewRequestWithContext(r.Context(), r.Method, "http://"+r.Host+r.URL.Path, bytes.NewReader(body))
		at, bad := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
		if err != nil || no != nil || bad != nil {
			t.Error(err, no, bad)
		}
		again.ContentLength = -1 // the function does not sign the length, nor does it have to
		for _, name := range []string{"Content-Type", "X-Amz-Target", "X-Amz-Date", "X-Amz-Security-Token"} {
			again.Header.Set(name, r.Header.Get(name))
		}
		sum := sha256.Sum256(body)
		if err := v4.NewSigner().SignHTTP(r.Context(), credentials, again, hex.EncodeToString(sum[:]), service, "us-west-2", at); err != nil {
			t.Error(err)
		}
		a.again = again.Header.Get("Authorization")
		*requests = append(*requests, a)
		w.Header().Set("Content-Type", a.kind)
		io.WriteString(w, answer)
	}))
	t.Cleanup(server.Close)
	return server.URL, requests
}

// same compares the request of the function, which came first, with that of the SDK.
func same(t *testing.T, requests []asked) {
	t.Helper()
	require.Len(t, requests, 2)
	ours, sdks := requests[0], requests[1]
	require.Equal(t, sdks.target, ours.target)
	require.Equal(t, sdks.kind, ours.kind)
	require.JSONEq(t, sdks.body, ours.body)
	require.Equal(t, ours.again, ours.signature)
	require.True(t, strings.HasPrefix(ours.signature, "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"))
}

func client(address string) *function.Client {
	return &function.Client{
		Region:      "us-west-2",
		Credentials: function.Credentials{ID: credentials.AccessKeyID, Secret: credentials.SecretAccessKey, Token: credentials.SessionToken},
		Endpoint:    func(string) string { return address + "/" },
	}
}

func provider() aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return credentials, nil })
}

// Catches: a request that DynamoDB does not understand, or whose signature it refuses.
func TestUpdateItem(t *testing.T) {
	address, requests := serve(t, "dynamodb", "{}")
	fact := measure.Fact{Kind: measure.Stage, Time: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Name: "prod-1", State: measure.Failed}
	require.NoError(t, (&function.Table{Client: client(address), Name: "facts"}).Add(t.Context(), "shop-catalog", "1a2b", fact))
	db := dynamodb.New(dynamodb.Options{Region: "us-west-2", BaseEndpoint: &address, Credentials: provider()})
	_, err := db.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: aws.String("facts"),
		Key: map[string]types.AttributeValue{
			"pipeline": &types.AttributeValueMemberS{Value: "shop-catalog"}, "execution": &types.AttributeValueMemberS{Value: "1a2b"},
		},
		UpdateExpression:         aws.String("ADD #facts :facts SET #expires = if_not_exists(#expires, :expires)"),
		ExpressionAttributeNames: map[string]string{"#facts": "facts", "#expires": "expires"},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":facts":   &types.AttributeValueMemberSS{Value: []string{"2026-03-01T00:00:00.000Z stage prod-1 FAILED"}},
			":expires": &types.AttributeValueMemberN{Value: "1806969600"},
		},
	})
	require.NoError(t, err)
	same(t, *requests)
}

// Catches: a page that is asked for in a way that DynamoDB does not understand, and an answer that the SDK reads and the function
// does not.
func TestQuery(t *testing.T) {
	const line = "2026-03-01T00:00:00.000Z stage prod-1 SUCCEEDED last"
	address, requests := serve(t, "dynamodb", `{"Count": 1, "ScannedCount": 1, "Items": [{"pipeline": {"S": "p"}, "execution": {"S": "e"}, "expires": {"N": "1"}, "facts": {"SS": ["`+line+`"]}}]}`)
	history, err := (&function.Table{Client: client(address), Name: "facts"}).Read(t.Context(), "shop-catalog")
	require.NoError(t, err)
	require.Len(t, history.Samples(time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)).Deployments, 1)
	db := dynamodb.New(dynamodb.Options{Region: "us-west-2", BaseEndpoint: &address, Credentials: provider(), DisableValidateResponseChecksum: true})
	out, err := db.Query(t.Context(), &dynamodb.QueryInput{
		TableName: aws.String("facts"), ConsistentRead: aws.Bool(true), KeyConditionExpression: aws.String("#pipeline = :pipeline"),
		ExpressionAttributeNames:  map[string]string{"#pipeline": "pipeline"},
		ExpressionAttributeValues: map[string]types.AttributeValue{":pipeline": &types.AttributeValueMemberS{Value: "shop-catalog"}},
	})
	require.NoError(t, err)
	require.Equal(t, &types.AttributeValueMemberSS{Value: []string{line}}, out.Items[0]["facts"])
	same(t, *requests)
}

// Catches: a commit that is asked for in a way that CodeCommit does not understand, and a date that the SDK finds elsewhere.
func TestGetCommit(t *testing.T) {
	address, requests := serve(t, "codecommit", `{"commit": {"commitId": "8cf40f2", "committer": {"name": "Mary Major", "date": "1484167798 -0800"}, "author": {"date": "1484100000 -0800"}}}`)
	at, err := (&function.CodeCommit{Client: client(address)}).Committed(t.Context(), "my-repo", "8cf40f2")
	require.NoError(t, err)
	cc := codecommit.New(codecommit.Options{Region: "us-west-2", BaseEndpoint: &address, Credentials: provider()})
	out, err := cc.GetCommit(t.Context(), &codecommit.GetCommitInput{RepositoryName: aws.String("my-repo"), CommitId: aws.String("8cf40f2")})
	require.NoError(t, err)
	require.Equal(t, "1484167798 -0800", *out.Commit.Committer.Date)
	require.Equal(t, int64(1484167798), at.Unix())
	same(t, *requests)
}
