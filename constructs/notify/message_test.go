package notify_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// driver calls the handler with one event, as Lambda does.
const driver = `require('./index.js').handler(JSON.parse(process.argv[2]).event).catch((err) => { console.log('THROWN ' + err.message); });`

// standIns are the clients of the SDK that Lambda's Node.js has. They answer what the sample says, refuse what the API knows no
// parameter for, and print what is published.
const standIns = `
const sample = JSON.parse(process.argv[2]);
const command = (name, required, optional) => class {
  constructor(input) {
    for (const key of required) if (input[key] === undefined) throw new Error(name + ' without ' + key);
    for (const key of Object.keys(input)) if (!required.includes(key) && !optional.includes(key)) throw new Error(name + ' with ' + key);
    this.name = name;
    this.input = input;
  }
};
const trouble = () => { if (sample.trouble) throw Object.assign(new Error('no'), { name: sample.trouble }); };
class Client {
  async send({ name, input }) {
    if (name === 'Publish') { console.log('PUBLISHED ' + JSON.stringify(input)); return {}; }
    trouble();
    if (name === 'ListActionExecutions') {
      const { pipeline, 'execution-id': id } = sample.event.detail;
      if (input.pipelineName !== pipeline || input.filter.pipelineExecutionId !== id) throw new Error('another execution');
      const all = sample.actions ?? [], at = Number(input.nextToken ?? 0); // a page has two
      return { actionExecutionDetails: all.slice(at, at + 2).map((a) => ({ ...a, startTime: new Date(a.startTime) })),
        nextToken: at + 2 < all.length ? String(at + 2) : undefined };
    }
    if (input.Name !== sample.event.detail.name) throw new Error('another parameter');
    const at = Number(input.NextToken ?? 0), pages = sample.history;
    return { Parameters: pages[at], NextToken: at + 1 < pages.length ? String(at + 1) : undefined };
  }
}
module.exports = {
  SNSClient: Client, CodePipelineClient: Client, SSMClient: Client,
  PublishCommand: command('Publish', ['TopicArn', 'Subject', 'Message', 'MessageStructure', 'MessageAttributes'], []),
  ListActionExecutionsCommand: command('ListActionExecutions', ['pipelineName'], ['filter', 'maxResults', 'nextToken']),
  GetParameterHistoryCommand: command('GetParameterHistory', ['Name'], ['WithDecryption', 'NextToken', 'MaxResults']),
};`

// published is a message as SNS takes it.
type published struct {
	TopicArn, Subject, Message, MessageStructure string
	MessageAttributes                            map[string]struct{ DataType, StringValue string }
}

// chat is what Amazon Q Developer takes.
type chat struct {
	Version, Source string
	Content         struct{ TextType, Title, Description string }
}

// parts are the text for people, and what chats get.
func (m *published) parts(t *testing.T) (text string, c chat) {
	t.Helper()
	by := map[string]string{}
	if err := json.Unmarshal([]byte(m.Message), &by); err != nil || m.MessageStructure != "json" || by["default"] == "" || len(by) != 2 {
		t.Fatalf("SNS refuses %s: %v", m.Message, err)
	}
	decoder := json.NewDecoder(strings.NewReader(by["https"]))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&c); err != nil {
		t.Fatal(err)
	}
	return by["default"], c
}

// tell runs the function with a sample and returns what it published, if anything, and all that it printed.
func tell(t *testing.T, sample string) (*published, string) {
	t.Helper()
	dir := t.TempDir()
	files := map[string]string{"index.js": newProps(nil).Code(), "driver.js": driver}
	for _, client := range []string{"sns", "codepipeline", "ssm"} {
		files["node_modules/@aws-sdk/client-"+client+"/index.js"] = standIns
	}
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("node", "driver.js", sample)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TOPIC=arn:aws:sns:us-west-2:111111111111:retail-store-notifications")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var m *published
	for line := range strings.Lines(string(out)) {
		if text, ok := strings.CutPrefix(line, "PUBLISHED "); ok {
			if m != nil {
				t.Errorf("published twice: %s", out)
			}
			m = &published{}
			if err := json.Unmarshal([]byte(text), m); err != nil {
				t.Fatal(err)
			}
		}
	}
	return m, string(out)
}

// text is the message as a person reads it, after what SNS filters by.
func (m *published) text(t *testing.T) string {
	t.Helper()
	said, _ := m.parts(t)
	var attributes []string
	for name, a := range m.MessageAttributes {
		attributes = append(attributes, name+"="+a.StringValue)
	}
	slices.Sort(attributes)
	return "Subject: " + m.Subject + "\nAttributes: " + strings.Join(attributes, " ") + "\n\n" + said
}

// samples reads the sample events, by name.
func samples(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("testdata/events/*.json")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	all := map[string]string{}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(path), ".json")] = string(b)
	}
	return all
}

// quiet are samples of events that nobody is told of, though the function may get them.
var quiet = []string{"stage-failed-with-an-action", "stage-failed-with-an-action-of-its-region"}

// unmatched are samples of events that no rule lets through.
var unmatched = []string{"superseded", "canceled", "another-store", "switch-labelled", "another-switch"}

// Catches: a message that says nothing a person can act on, one that is told twice, a subject that SNS refuses, a value with a quote or
// a line break that breaks it, a failed look-up that swallows it. The messages are read in the diff of testdata/messages.
func TestMessages(t *testing.T) {
	for name, sample := range samples(t) {
		if slices.Contains(unmatched, name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			m, out := tell(t, sample)
			if slices.Contains(quiet, name) {
				if m != nil {
					t.Errorf("told of: %s", m.text(t))
				}
				return
			}
			if m == nil {
				t.Fatalf("nothing was published: %s", out)
			}
			said, c := m.parts(t)
			if c.Version != "1.0" || c.Source != "custom" || c.Content.TextType != "client-markdown" ||
				c.Content.Title+"\n\n"+c.Content.Description != said {
				t.Errorf("no chat says %+v", c)
			}
			if !strings.HasSuffix(m.TopicArn, ":retail-store-notifications") {
				t.Errorf("sent to %s", m.TopicArn)
			}
			if len(m.Subject) >= 100 || strings.ContainsFunc(m.Subject, func(r rune) bool { return r < ' ' || r > '~' }) {
				t.Errorf("SNS refuses the subject %q", m.Subject)
			}
			for _, wrong := range []string{"undefined", "null", "NaN", "[object", "\\n", "\n\n\n"} {
				if strings.Contains(m.text(t), wrong) {
					t.Errorf("has %q", wrong)
				}
			}
			for attribute, a := range m.MessageAttributes {
				if a.DataType != "String" || a.StringValue == "" {
					t.Errorf("SNS refuses the attribute %s %+v", attribute, a)
				}
			}
			golden(t, filepath.Join("testdata", "messages", name+".txt"), m.text(t))
		})
	}
}

// golden compares text with a file, or writes it.
func golden(t *testing.T, path, text string) {
	t.Helper()
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if text != string(want) {
		t.Errorf("got\n%s\nwant\n%s\nUPDATE_GOLDEN=1 rewrites it", text, want)
	}
}

// Catches: an approval whose message loses a fact on the way. What the pipeline asks, docs/controls.md has, held against the template.
func TestApprovalHasItsFacts(t *testing.T) {
	page, err := os.ReadFile("../../docs/controls.md")
	if err != nil {
		t.Fatal(err)
	}
	_, asked, _ := strings.Cut(string(page), "```text\nRelease ")
	asked, _, found := strings.Cut(asked, "```")
	m, _ := tell(t, samples(t)["approval-waits"])
	if !found || m == nil || !strings.Contains(m.text(t), "\nRelease "+asked) {
		t.Errorf("not in the message: %s", asked)
	}
}

// Catches: an attribute, or a kind of message, that people cannot filter by, for the page does not name it; and one that is no more.
func TestAttributesAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/notifications.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), "| attribute | has |")
	table, _, _ = strings.Cut(table, "\n\n")
	paths, err := filepath.Glob("testdata/messages/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no messages: %v", err)
	}
	told := map[string]bool{}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range strings.Fields(strings.SplitN(string(b), "\n", 3)[1])[1:] {
			attribute, value, _ := strings.Cut(word, "=")
			told["`"+attribute+"`"] = true
			if attribute == "event" || attribute == "kind" || attribute == "urgent" {
				told["`"+value+"`"] = true
			}
		}
	}
	told["`platform`"] = true // among the services
	named := map[string]bool{}
	for _, word := range regexp.MustCompile("`[a-z-]+`").FindAllString(table, -1) {
		named[word] = true
	}
	delete(named, "`onCall`")
	if !maps.Equal(told, named) {
		t.Errorf("the page names %v, messages have %v", named, told)
	}
}

// Catches: an event that the function takes for another one, where it must fail, so that Lambda sends the event as it is.
func TestUnknownEventsFail(t *testing.T) {
	m, out := tell(t, `{"event": {"id": "1", "detail-type": "EC2 Instance State-change Notification", "detail": {}}}`)
	if m != nil || !strings.Contains(out, "THROWN no message is known for EC2 Instance State-change Notification") {
		t.Errorf("got %s", out)
	}
}

// Catches: words for the stop switch that say open where a pipeline finds it closed, or the other way round: open.sh decides.
func TestSwitchMeansWhatPipelinesFind(t *testing.T) {
	for value, open := range map[string]bool{
		"open": true, "open: bob: mended": true, "open again": true, "open\n": true, "open:": true,
		"stop": false, "opened": false, "Open": false, "stop: open": false, "OPEN: x": false, " open": false, "open\tx": false, "open\nx": false,
	} {
		b, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		m, out := tell(t, fmt.Sprintf(`{"event": {"id": "1", "time": "t", "detail-type": "Parameter Store Change",
			"detail": {"name": "/retail-store/platform/tools/stop/v1/prod", "operation": "Update"}},
			"history": [[{"Value": %s, "LastModifiedUser": "ann"}]]}`, b))
		if m == nil {
			t.Fatalf("%q: %s", value, out)
		}
		if got := strings.Contains(m.Subject, "open for releases again"); got != open || strings.Contains(m.Subject, "closed") == open {
			t.Errorf("%q: %s", value, m.Subject)
		}
	}
}
