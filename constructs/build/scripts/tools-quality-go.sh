# staticcheck, built by the Go that the module asks for: one that an older Go built refuses the module.
toolchain=$(cd "$SOURCE_PATH" && go env GOVERSION) || fail "Go does not start in $SOURCE_PATH"
GOTOOLCHAIN=${toolchain%% *}+auto go_install "honnef.co/go/tools/cmd/staticcheck@$STATICCHECK_VERSION"
