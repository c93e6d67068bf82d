package standins

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/storeship/storeship/test/codebuild"
)

// Error is an error of an API, by its code.
type Error string

func (e Error) Error() string { return string(e) }

// object is a document of an API.
type object = map[string]any

// command is a call of the AWS CLI.
type command struct {
	world *World
	call  *codebuild.Call
	// account is that of the caller's role, region the flag's or the build's.
	account, region string
	flags           map[string][]string
	positional      []string
}

// flag is the one value of a flag, and the call fails without one.
func (c *command) flag(name string) string {
	if len(c.flags[name]) != 1 {
		panic(fmt.Sprintf("--%s must have one value", name))
	}
	return c.flags[name][0]
}

func (c *command) place(name string) string { return c.account + " " + c.region + " " + name }

// operations by service and name. Each returns the API's document.
var operations = map[string]func(*command) (any, error){
	"sts assume-role": func(c *command) (any, error) {
		if c.flag("role-session-name") == "" {
			return nil, Error("ValidationError")
		}
		key, secret, token := c.world.session(c.flag("role-arn"))
		return object{"Credentials": object{"AccessKeyId": key, "SecretAccessKey": secret, "SessionToken": token}}, nil
	},
	"ecr batch-get-image": func(c *command) (any, error) {
		tag, ok := strings.CutPrefix(c.flag("image-ids"), "imageTag=")
		if !ok {
			return nil, Error("InvalidParameterException")
		}
		name := registry(c.flag("registry-id"), c.region) + "/" + c.flag("repository-name") + ":" + tag
		digest, ok := c.world.Images[name]
		if !ok {
			return object{"images": []any{}, "failures": []any{object{"failureCode": "ImageNotFound"}}}, nil
		}
		return object{"images": []any{object{"imageId": object{"imageDigest": digest, "imageTag": tag}}}}, nil
	},
	"ssm get-parameters": func(c *command) (any, error) {
		if len(c.flags["names"]) > 10 {
			return nil, Error("ValidationException")
		}
		found, missing := []any{}, []any{}
		for _, name := range c.flags["names"] {
			if value, ok := c.world.Parameters[c.place(name)]; ok {
				found = append(found, object{"Name": name, "Value": value})
			} else {
				missing = append(missing, name)
			}
		}
		return object{"Parameters": found, "InvalidParameters": missing}, nil
	},
	"ssm get-parameter": func(c *command) (any, error) {
		value, ok := c.world.Parameters[c.place(c.flag("name"))]
		if !ok {
			return nil, Error("ParameterNotFound")
		}
		return object{"Parameter": object{"Name": c.flag("name"), "Value": value}}, nil
	},
	"ssm get-parameter-history": func(c *command) (any, error) {
		if _, ok := c.world.Parameters[c.place(c.flag("name"))]; !ok {
			return nil, Error("ParameterNotFound")
		}
		return object{"Parameters": []any{object{"LastModifiedUser": "arn:aws:sts::" + c.account + ":assumed-role/oncall/ann"}}}, nil
	},
	"ssm put-parameter": func(c *command) (any, error) {
		if _, ok := c.world.Parameters[c.place(c.flag("name"))]; ok && c.flags["overwrite"] == nil {
			return nil, Error("ParameterAlreadyExists")
		}
		c.world.Parameters[c.place(c.flag("name"))] = c.flag("value")
		return object{"Version": 1.0}, nil
	},
	"codepipeline start-pipeline-execution": func(c *command) (any, error) {
		if _, ok := c.world.Pipelines[c.flag("name")]; !ok {
			return nil, Error("PipelineNotFoundException")
		}
		c.world.Pipelines[c.flag("name")]++
		return object{"pipelineExecutionId": "execution-of-" + c.flag("name")}, nil
	},
	"s3api list-objects-v2": func(c *command) (any, error) {
		contents := []any{}
		for name := range c.world.Objects {
			if key, ok := strings.CutPrefix(name, c.flag("bucket")+"/"); ok && strings.HasPrefix(key, c.flag("prefix")) {
				contents = append(contents, object{"Key": key})
			}
		}
		if len(contents) == 0 {
			return object{"KeyCount": 0.0}, nil
		}
		return object{"Contents": contents}, nil
	},
	"ecs describe-services": func(c *command) (any, error) {
		services := []any{}
		for _, name := range c.flags["services"] {
			if s, ok := c.world.Services[c.place(c.flag("cluster")+" "+name)]; ok {
				services = append(services, s.document(name))
			}
		}
		return object{"services": services}, nil
	},
	"ecs describe-task-definition": func(c *command) (any, error) {
		family, _, _ := strings.Cut(c.flag("task-definition"), ":")
		for name, s := range c.world.Services {
			if strings.HasPrefix(name, c.place("")) && strings.HasSuffix(name, " "+family) {
				return object{"taskDefinition": object{"containerDefinitions": []any{object{"name": "app", "image": s.Image}}}}, nil
			}
		}
		return nil, Error("ClientException")
	},
	"elbv2 describe-target-health": func(c *command) (any, error) {
		for name, s := range c.world.Services {
			if !strings.HasPrefix(name, c.place("")) || !slices.Contains(s.TargetGroups, c.flag("target-group-arn")) {
				continue
			}
			// The tasks are in the last group; another is empty.
			if c.flag("target-group-arn") != s.TargetGroups[len(s.TargetGroups)-1] {
				return object{"TargetHealthDescriptions": []any{}}, nil
			}
			healthy := object{"TargetHealth": object{"State": "healthy"}}
			return object{"TargetHealthDescriptions": []any{healthy, healthy}}, nil
		}
		return nil, Error("TargetGroupNotFound")
	},
	"ecr describe-image-signing-status": signingStatus,
	"inspector-scan scan-sbom":          scanSBOM,
	"synthetics get-canary-runs":        canaryRuns,
	"cloudwatch describe-alarms": func(c *command) (any, error) {
		if len(c.flags["alarm-names"]) == 0 {
			return nil, Error("ValidationError")
		}
		return object{"MetricAlarms": []any{}, "CompositeAlarms": []any{}}, nil
	},
}

// document is the service as ECS describes it, with two tasks that run.
func (s Service) document(name string) object {
	balancers := []any{}
	if len(s.TargetGroups) > 0 {
		b := object{"targetGroupArn": s.TargetGroups[0]}
		if len(s.TargetGroups) > 1 {
			b["advancedConfiguration"] = object{"alternateTargetGroupArn": s.TargetGroups[1]}
		}
		balancers = append(balancers, b)
	}
	if s.CodeDeploy {
		return object{"serviceName": name, "deployments": []any{}, "taskSets": []any{
			object{"status": "ACTIVE", "taskDefinition": name + ":1"},
			object{"status": "PRIMARY", "taskDefinition": name + ":2", "computedDesiredCount": 2.0, "runningCount": 2.0, "loadBalancers": balancers},
		}}
	}
	return object{"serviceName": name, "desiredCount": 2.0, "runningCount": 2.0, "loadBalancers": balancers,
		"deployments": []any{object{"status": "PRIMARY", "taskDefinition": name + ":2"}}}
}

func registry(account, region string) string {
	return account + ".dkr.ecr." + region + ".amazonaws.com"
}

func (w *World) aws(call *codebuild.Call) codebuild.Reply {
	c := &command{world: w, call: call, region: call.Variable("AWS_REGION"), flags: map[string][]string{}}
	flag := ""
	for _, word := range call.Args {
		if name, ok := strings.CutPrefix(word, "--"); ok {
			flag = name
			c.flags[flag] = append([]string{}, c.flags[flag]...)
		} else if flag != "" && flag != "only-show-errors" && (call.Args[0] != "s3" || len(c.flags[flag]) == 0) {
			// The flags of the s3 commands have one value, and what follows is a path.
			c.flags[flag] = append(c.flags[flag], word)
		} else {
			c.positional = append(c.positional, word)
		}
	}
	if c.flags["region"] != nil {
		c.region = c.flag("region")
	}
	name := strings.Join(c.positional[:min(2, len(c.positional))], " ")
	var err error
	if c.account, err = w.caller(call); err != nil {
		return refuse(name, err)
	}
	switch name {
	case "ecr get-login-password":
		return codebuild.Reply{Stdout: Secret + "password-" + c.region + "\n"}
	case "s3 cp":
		return c.copy()
	}
	operation := operations[name]
	if operation == nil {
		return codebuild.Fail("there is no stand-in for aws %s: add it to operations", name)
	}
	document, err := operation(c)
	if err != nil {
		return refuse(name, err)
	}
	return c.print(document)
}

// refuse says an error as the CLI does.
func refuse(name string, err error) codebuild.Reply {
	return codebuild.Reply{Code: 254, Stderr: fmt.Sprintf("\nAn error occurred (%v) when calling the %s operation: stand-in\n", err, name)}
}

func (c *command) print(document any) codebuild.Reply {
	if c.flags["query"] != nil {
		var err error
		if document, err = query(c.flag("query"), document); err != nil {
			return codebuild.Fail("%v", err)
		}
	}
	output := "json"
	if c.flags["output"] != nil {
		output = c.flag("output")
	}
	switch output {
	case "text":
		return codebuild.Reply{Stdout: textOutput(document)}
	case "json":
		b, err := json.MarshalIndent(document, "", "    ")
		if err != nil {
			panic(err)
		}
		return codebuild.Reply{Stdout: string(b) + "\n"}
	}
	return codebuild.Fail("there is no stand-in for --output %s", output)
}

// copy is aws s3 cp of one file.
func (c *command) copy() codebuild.Reply {
	if len(c.positional) != 4 {
		return codebuild.Fail("there is no stand-in for %s", c.call)
	}
	from, to := c.positional[2], c.positional[3]
	object, stored := strings.CutPrefix(from, "s3://")
	content, ok := c.world.Objects[object]
	switch {
	case stored && !ok:
		return codebuild.Fail("fatal error: An error occurred (404) when calling the HeadObject operation: Key does not exist")
	case !stored:
		b, err := os.ReadFile(c.call.File(from))
		if err != nil {
			return codebuild.Fail("The user-provided path %s does not exist.", from)
		}
		content = string(b)
	}
	if key, ok := strings.CutPrefix(to, "s3://"); ok {
		c.world.Objects[key] = content
		return codebuild.Reply{}
	}
	file := c.call.File(to)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		panic(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		panic(err)
	}
	return codebuild.Reply{}
}
