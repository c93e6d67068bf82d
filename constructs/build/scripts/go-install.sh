# Installs a Go program of one exact version. Go checks it against its default checksum database, which an empty variable
# stands for, whatever the build's environment says about that.
go_install() {
  say "installing $1"
  GOBIN=$STORESHIP/bin GOFLAGS='' GOSUMDB='' GONOSUMDB='' GOPRIVATE='' go install "$1"
}
