# What puts a load on a service.
go_install "github.com/tsenart/vegeta/v12@$VEGETA_VERSION"
