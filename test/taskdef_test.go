package test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/stretchr/testify/require"
)

// Catches: a name in taskdef.json that the ECS API does not have, such as filesystemId for fileSystemId, which CodeDeploy
// would report only at the first release. Every property of the resource goes through the AWS SDK and must leave it as it was.
func TestTaskDefinitionsSurviveTheSDK(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../internal/release/testdata/*.taskdef.json")
	require.NoError(t, err)
	require.Len(t, files, 2)
	for _, file := range files {
		b, err := os.ReadFile(file)
		require.NoError(t, err)
		requireRegistrable(t, file, b)
	}
}

// requireRegistrable fails unless document is a request of ecs:RegisterTaskDefinition to the letter.
func requireRegistrable(t *testing.T, name string, document []byte) {
	t.Helper()
	var want any
	require.NoError(t, json.Unmarshal(document, &want), name)
	var input ecs.RegisterTaskDefinitionInput
	require.NoError(t, decodeStrictly("", want, reflect.ValueOf(&input).Elem()), name)
	sent := sentBySDK(t, &input)
	var got any
	require.NoError(t, json.Unmarshal(sent, &got), name)
	require.Equal(t, want, got, name)
}

// sentBySDK is the body of the request that the SDK makes of input. It goes to this process and no further.
func sentBySDK(t *testing.T, input *ecs.RegisterTaskDefinitionInput) []byte {
	t.Helper()
	var body bytes.Buffer
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(&body, r.Body)
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		io.WriteString(w, "{}")
	}))
	defer server.Close()
	client := ecs.New(ecs.Options{
		Region:       "us-west-2",
		BaseEndpoint: aws.String(server.URL),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "none", SecretAccessKey: "none"}, nil
		}),
	})
	_, err := client.RegisterTaskDefinition(context.Background(), input)
	require.NoError(t, err)
	return body.Bytes()
}

// decodeStrictly sets target, a value of the SDK's types, to document. Unlike encoding/json it knows upper from lower case,
// refuses names that the type does not have, and refuses numbers for strings.
func decodeStrictly(path string, document any, target reflect.Value) error {
	switch target.Kind() {
	case reflect.Pointer:
		target.Set(reflect.New(target.Type().Elem()))
		return decodeStrictly(path, document, target.Elem())
	case reflect.Struct:
		object, ok := document.(map[string]any)
		if !ok {
			return fmt.Errorf("%s: is no object", path)
		}
		for name, value := range object {
			field := target.FieldByName(strings.ToUpper(name[:1]) + name[1:])
			if !field.IsValid() || strings.ToLower(name[:1]) != name[:1] {
				return fmt.Errorf("%s.%s: the API has no such name", path, name)
			}
			if err := decodeStrictly(path+"."+name, value, field); err != nil {
				return err
			}
		}
		return nil
	case reflect.Slice:
		list, ok := document.([]any)
		if !ok {
			return fmt.Errorf("%s: is no list", path)
		}
		target.Set(reflect.MakeSlice(target.Type(), len(list), len(list)))
		for i, value := range list {
			if err := decodeStrictly(fmt.Sprintf("%s[%d]", path, i), value, target.Index(i)); err != nil {
				return err
			}
		}
		return nil
	case reflect.Map:
		object, ok := document.(map[string]any)
		if !ok {
			return fmt.Errorf("%s: is no map", path)
		}
		target.Set(reflect.MakeMap(target.Type()))
		for name, value := range object {
			s, ok := value.(string)
			if !ok {
				return fmt.Errorf("%s[%s]: is no string", path, name)
			}
			target.SetMapIndex(reflect.ValueOf(name), reflect.ValueOf(s))
		}
		return nil
	case reflect.String:
		s, ok := document.(string)
		if !ok {
			return fmt.Errorf("%s: is no string", path)
		}
		target.SetString(s)
		return nil
	case reflect.Int32:
		n, ok := document.(float64)
		if !ok || n != float64(int32(n)) {
			return fmt.Errorf("%s: is no integer", path)
		}
		target.SetInt(int64(n))
		return nil
	case reflect.Bool:
		b, ok := document.(bool)
		if !ok {
			return fmt.Errorf("%s: is not true or false", path)
		}
		target.SetBool(b)
		return nil
	}
	return fmt.Errorf("%s: the SDK has the unexpected type %s here", path, target.Type())
}

// Catches: a strict decoder that is not.
func TestDecodeStrictly(t *testing.T) {
	t.Parallel()
	for document, want := range map[string]string{
		`{"Family": "f"}`: ".Family: the API has no such name",
		`{"volumes": [{"efsVolumeConfiguration": {"filesystemId": "f"}}]}`: ".volumes[0].efsVolumeConfiguration.filesystemId: the API has no such name",
		`{"cpu": 512}`: ".cpu: is no string",
		`{"containerDefinitions": [{"memory": "512"}]}`:          ".containerDefinitions[0].memory: is no integer",
		`{"containerDefinitions": [{"dockerLabels": {"a": 1}}]}`: ".containerDefinitions[0].dockerLabels[a]: is no string",
		`{"containerDefinitions": {}}`:                           ".containerDefinitions: is no list",
	} {
		var parsed any
		require.NoError(t, json.Unmarshal([]byte(document), &parsed))
		var input ecs.RegisterTaskDefinitionInput
		require.EqualError(t, decodeStrictly("", parsed, reflect.ValueOf(&input).Elem()), want)
	}
}
