package review_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// object is an object of a template.
type object = map[string]any

// waves is a pipeline that deploys a service to one target after the other. Both waves have the gate Open, by the same name.
func waves() []object {
	act := func(name, category, provider string, order int, configuration object) object {
		return object{"Name": name, "ActionTypeId": object{"Category": category, "Owner": "AWS", "Provider": provider, "Version": "1"}, "RunOrder": order, "Configuration": configuration, "InputArtifacts": []any{object{"Name": "out"}}}
	}
	wave := func(name, region string) object {
		stack := "shop-" + region
		here := func(a object) object { a["Region"] = region; return a }
		return object{"Name": name, "Actions": []any{
			act("Open", "Build", "CodeBuild", 1, object{"ProjectName": "open", "EnvironmentVariables": fmt.Sprintf(`[{"name":"TARGET","value":"prod"},{"name":"STAGE","value":%q}]`, name)}),
			here(act(region+".Deploy", "Deploy", "CloudFormation", 2, object{"StackName": stack, "ActionMode": "CREATE_UPDATE", "TemplatePath": "out::" + stack + "-" + region + ".json", "RoleArn": "deployer"})),
			here(act(region+".BlueGreen", "Deploy", "CodeDeployToECS", 3, object{"ApplicationName": stack, "DeploymentGroupName": stack, "TaskDefinitionTemplatePath": region + "/taskdef.json"})),
			act(region+".Smoke", "Build", "CodeBuild", 4, object{"ProjectName": "smoke"}),
		}}
	}
	code := act("Code", "Source", "CodeCommit", 1, object{"RepositoryName": "shop"})
	code["OutputArtifacts"] = []any{object{"Name": "src"}}
	synth := act("Synth", "Build", "CodeBuild", 1, object{"ProjectName": "synth"})
	synth["OutputArtifacts"], synth["InputArtifacts"] = []any{object{"Name": "out"}}, []any{object{"Name": "src"}}
	return []object{{"Name": "Source", "Actions": []any{code}}, {"Name": "Build", "Actions": []any{synth}}, wave("one", "r1"), wave("two", "r2")}
}

// actionOf is an action of a stage.
func actionOf(t *testing.T, stages []object, stage, name string) object {
	t.Helper()
	for _, s := range stages {
		for _, a := range s["Actions"].([]any) {
			if s["Name"] == stage && a.(object)["Name"] == name {
				return a.(object)
			}
		}
	}
	t.Fatalf("there is no %s in %s", name, stage)
	return nil
}

func configurationOf(t *testing.T, stages []object, stage, name string) object {
	t.Helper()
	return actionOf(t, stages, stage, name)["Configuration"].(object)
}

// deployed is the assembly of a pipeline with the stacks that it deploys, and one that another pipeline does.
func deployed(t *testing.T, stages []object) stacks {
	t.Helper()
	pipeline, err := json.Marshal(object{"Resources": object{"P": object{"Type": "AWS::CodePipeline::Pipeline", "Properties": object{"Name": "shop", "Stages": stages}}}})
	if err != nil {
		t.Fatal(err)
	}
	all := stacks{"pipeline r1": string(pipeline)}
	for _, s := range []string{"shop-r1 r1", "shop-r2 r2", "other r1"} {
		name, _, _ := strings.Cut(s, " ")
		all[s] = fmt.Sprintf(`{"Resources": {"G": {"Type": "AWS::CodeDeploy::DeploymentGroup", "Properties": {"ApplicationName": %q, "DeploymentGroupName": %q}}}}`, name, name)
	}
	return all
}

// Catches: two actions of one name in two stages taken for one, an action that deploys something else, elsewhere, or never
// mind what, and a change that says nothing taken for one of these.
func TestGates(t *testing.T) {
	without := func(stages []object, stage int, name string) {
		stages[stage]["Actions"] = slices.DeleteFunc(stages[stage]["Actions"].([]any), func(a any) bool { return a.(object)["Name"] == name })
	}
	for _, c := range []struct {
		name string
		edit func([]object) []object
		want []string
	}{
		{"a gate of the second wave goes", func(s []object) []object { without(s, 3, "Open"); return s },
			[]string{"safety-lost Stages[two].Open the check Open is gone"}},
		{"a gate of both waves goes", func(s []object) []object { without(s, 2, "Open"); without(s, 3, "Open"); return s },
			[]string{"safety-lost Stages[one].Open the check Open is gone", "safety-lost Stages[two].Open the check Open is gone"}},
		{"a gate comes too late", func(s []object) []object { actionOf(t, s, "two", "Open")["RunOrder"] = 9; return s },
			[]string{"safety-lost Stages[two].Open the check Open comes too late", "harmless Stages[two].Open.RunOrder the action Open runs at another time"}},
		{"a gate looks elsewhere", func(s []object) []object {
			configurationOf(t, s, "one", "Open")["EnvironmentVariables"] = `[{"name":"TARGET","value":"beta"},{"name":"STAGE","value":"one"}]`
			return s
		}, []string{"safety-lost Stages[one].Open.Configuration.EnvironmentVariables.TARGET the action Open is given another value"}},
		{"a gate is told more", func(s []object) []object {
			configurationOf(t, s, "one", "Open")["EnvironmentVariables"] = `[{"name":"TARGET","value":"prod"},{"name":"STAGE","value":"one"},{"name":"_PROJECT_CONFIG_HASH","value":"1"},{"name":"MORE","value":"x"}]`
			return s
		}, []string{"harmless Stages[one].Open.Configuration.EnvironmentVariables.MORE the action Open is given another variable"}},
		{"a gate takes another artifact", func(s []object) []object {
			actionOf(t, s, "one", "Open")["InputArtifacts"] = []any{object{"Name": "src"}}
			return s
		}, []string{"safety-lost Stages[one].Open.InputArtifacts the action Open checks something else"}},
		{"an artifact has another name", func(s []object) []object {
			content, _ := json.Marshal(s)
			var renamed []object
			if err := json.Unmarshal([]byte(strings.ReplaceAll(string(content), `"Name":"out"`, `"Name":"built"`)), &renamed); err != nil {
				t.Fatal(err)
			}
			return renamed
		}, []string{"harmless Stages.*.InputArtifacts 9 actions are configured otherwise", "harmless Stages[Build].Synth.OutputArtifacts the action Synth is configured otherwise"}},
		{"a check comes too soon", func(s []object) []object { actionOf(t, s, "one", "r1.Smoke")["RunOrder"] = 3; return s },
			[]string{"safety-lost Stages[one].r1.Smoke the check r1.Smoke comes too soon", "harmless Stages[one].r1.Smoke.RunOrder the action r1.Smoke runs at another time"}},
		{"tasks before their stack", func(s []object) []object {
			actionOf(t, s, "one", "r1.Deploy")["RunOrder"], actionOf(t, s, "one", "r1.BlueGreen")["RunOrder"] = 3, 2
			return s
		}, []string{"traffic Stages[one].r1.BlueGreen the deployment r1.BlueGreen comes too soon",
			"harmless Stages[one].r1.Deploy.RunOrder the action r1.Deploy runs at another time", "harmless Stages[one].r1.BlueGreen.RunOrder the action r1.BlueGreen runs at another time"}},
		{"the waves change places", func(s []object) []object {
			s[2]["Actions"], s[3]["Actions"] = []any{}, append(s[3]["Actions"].([]any), actionOf(t, s, "one", "r1.Deploy"), actionOf(t, s, "one", "r1.BlueGreen"), actionOf(t, s, "one", "r1.Smoke"))
			return s
		}, []string{"safety-lost Stages[one].r1.Smoke the check r1.Smoke comes too late", "safety-lost Stages[one].Open the check Open is gone"}},

		{"deletes the stack", func(s []object) []object {
			configurationOf(t, s, "one", "r1.Deploy")["ActionMode"] = "DELETE_ONLY"
			return s
		}, []string{"data-loss Stages[one].r1.Deploy.Configuration.ActionMode the action r1.Deploy deletes its stack"}},
		{"only prepares", func(s []object) []object {
			configurationOf(t, s, "one", "r1.Deploy")["ActionMode"] = "CHANGE_SET_REPLACE"
			return s
		}, []string{"interruption Stages[one].r1.Deploy.Configuration.ActionMode the action r1.Deploy only prepares a change"}},
		{"another's stack", func(s []object) []object {
			configurationOf(t, s, "one", "r1.Deploy")["StackName"] = "other"
			return s
		}, []string{"will-fail Stages[one].r1.Deploy.Configuration.StackName the action r1.Deploy deploys to what is another's"}},
		{"another's template", func(s []object) []object {
			configurationOf(t, s, "one", "r1.Deploy")["TemplatePath"] = "out::shop-r2-r2.json"
			return s
		}, []string{"will-fail Stages[one].r1.Deploy.Configuration.TemplatePath the action r1.Deploy deploys what is another's"}},
		{"another role", func(s []object) []object {
			configurationOf(t, s, "one", "r1.Deploy")["RoleArn"] = "admin"
			return s
		}, []string{"access-widened Stages[one].r1.Deploy.Configuration.RoleArn the action r1.Deploy works with another role"}},
		{"other files of a release", func(s []object) []object {
			configurationOf(t, s, "two", "r2.BlueGreen")["AppSpecTemplatePath"] = "r2/appspec.yaml"
			configurationOf(t, s, "one", "r1.BlueGreen")["TaskDefinitionTemplatePath"] = "elsewhere.json"
			return s
		}, []string{"traffic Stages[one].r1.BlueGreen.Configuration.TaskDefinitionTemplatePath the action r1.BlueGreen deploys otherwise",
			"harmless Stages[two].r2.BlueGreen.Configuration.AppSpecTemplatePath the action r2.BlueGreen is configured otherwise"}},
		{"another's tasks", func(s []object) []object {
			configurationOf(t, s, "one", "r1.BlueGreen")["TaskDefinitionTemplatePath"] = "r2/taskdef.json"
			return s
		}, []string{"will-fail Stages[one].r1.BlueGreen.Configuration.TaskDefinitionTemplatePath the action r1.BlueGreen deploys what is another's"}},
		{"another's deployment group", func(s []object) []object {
			configurationOf(t, s, "one", "r1.BlueGreen")["ApplicationName"], configurationOf(t, s, "one", "r1.BlueGreen")["DeploymentGroupName"] = "other", "other"
			return s
		}, []string{"will-fail Stages[one].r1.BlueGreen the action r1.BlueGreen deploys to what is another's"}},

		{"a stage that may fail", func(s []object) []object { s[1]["OnFailure"] = object{"Result": "SKIP"}; return s },
			[]string{"safety-lost Stages[Build].OnFailure releases go on where the stage fails"}},
		{"a stage that tries again", func(s []object) []object { s[1]["OnFailure"] = object{"Result": "RETRY"}; return s },
			[]string{"harmless Stages[Build].OnFailure a condition of the stage comes"}},
		{"a stage that may be skipped", func(s []object) []object {
			s[3]["BeforeEntry"] = object{"Conditions": []any{object{"Result": "SKIP", "Rules": []any{object{"Name": "SKIP"}}}}}
			return s
		}, []string{"safety-lost Stages[two].BeforeEntry the stage is skipped where a condition is not met"}},
		{"a stage that waits", func(s []object) []object {
			s[3]["BeforeEntry"] = object{"Conditions": []any{object{"Result": "FAIL", "Rules": []any{object{"Name": "SKIP"}}}}}
			return s
		}, []string{"harmless Stages[two].BeforeEntry a condition of the stage comes"}},
	} {
		r := compare(t, deployed(t, waves()), deployed(t, c.edit(waves())))
		var got []string
		for _, f := range r.Findings {
			got = append(got, fmt.Sprintf("%s %s %s", f.Level, f.Property, f.Effect))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got\n  %s\nwant\n  %s", c.name, strings.Join(got, "\n  "), strings.Join(c.want, "\n  "))
		}
	}
}

// Catches: a pipeline that deploys each stack by one action instead of two, told as one that no longer deploys, and once for
// each of them.
func TestOneActionInsteadOfTwo(t *testing.T) {
	twice := func() []object {
		stages := waves()
		for _, s := range stages[2:] {
			var all []any
			for _, a := range s["Actions"].([]any) {
				a := a.(object)
				if a["RunOrder"] != 1 {
					a["RunOrder"] = a["RunOrder"].(int) + 1
				}
				if name := a["Name"].(string); strings.HasSuffix(name, ".Deploy") {
					c := a["Configuration"].(object)
					all = append(all, object{"Name": strings.TrimSuffix(name, "Deploy") + "Prepare", "ActionTypeId": a["ActionTypeId"], "RunOrder": 2, "Region": a["Region"], "InputArtifacts": a["InputArtifacts"],
						"Configuration": object{"StackName": c["StackName"], "ActionMode": "CHANGE_SET_REPLACE", "ChangeSetName": "c", "TemplatePath": c["TemplatePath"], "RoleArn": "deployer"}})
					delete(a, "InputArtifacts")
					a["Configuration"] = object{"StackName": c["StackName"], "ActionMode": "CHANGE_SET_EXECUTE", "ChangeSetName": "c"}
				}
				all = append(all, a)
			}
			s["Actions"] = all
		}
		return stages
	}
	r := compare(t, deployed(t, twice()), deployed(t, waves()))
	if len(r.Findings) != 3 || r.Findings[0].Level != "harmless" || r.Findings[0].Effect != "the action r1.Deploy deploys in one step instead of two" {
		t.Errorf("got %+v", r.Findings)
	}
	half := twice()
	half[2]["Actions"] = slices.DeleteFunc(half[2]["Actions"].([]any), func(a any) bool { return a.(object)["Name"] == "r1.Prepare" })
	if r := compare(t, deployed(t, twice()), deployed(t, half)); len(r.Findings) != 1 || r.Findings[0].Level != "will-fail" {
		t.Errorf("an execution without its preparation: got %+v", r.Findings)
	}
}
