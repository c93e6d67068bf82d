package test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/test/harness"
)

// probe writes down who starts the CDK's validator: the thread that validates ahead, or the CDK itself.
const probe = `
const fs = require('fs');
const Module = require('module');
const { isMainThread } = require('worker_threads');
const load = Module._load;
Module._load = function (request, ...rest) {
  const exported = load.call(this, request, ...rest);
  if (request === './bindings_wasm' && exported.WasmRegoEngine && !exported.WasmRegoEngine.probed) {
    const Engine = exported.WasmRegoEngine;
    exported.WasmRegoEngine = class extends Engine {
      static probed = true;
      constructor(...args) {
        super(...args);
        fs.appendFileSync(process.env.PROBE, isMainThread ? 'CDK ' : 'ahead ');
      }
    };
  }
  return exported;
};
`

// Catches: an upgrade of the CDK that asks its validator otherwise than internal/kernel asks ahead: every template would be
// validated twice, and a strict synth take twice as long, without a word. And templates that were found clean, but are validated again.
func TestTemplatesAreValidatedAheadOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	script, started := filepath.Join(dir, "probe.js"), filepath.Join(dir, "started")
	require.NoError(t, os.WriteFile(script, []byte(probe), 0o600))
	synth := func() string {
		t.Helper()
		require.NoError(t, os.WriteFile(started, nil, 0o600))
		out := harness.Synth(t, harness.Input{
			Config: minimal.Config, Validate: true, Context: map[string]string{"scope": "platform"}, Fresh: true,
			Env: []string{"NODE_OPTIONS=--require=" + script, "PROBE=" + started, "STORESHIP_VALIDATION_CACHE=" + filepath.Join(dir, "cache")},
		})
		requireClean(t, out)
		who, err := os.ReadFile(started)
		require.NoError(t, err)
		return string(who)
	}
	require.Equal(t, "ahead ", synth(), "of a first synth")
	require.Empty(t, synth(), "of one that changed nothing")
}
