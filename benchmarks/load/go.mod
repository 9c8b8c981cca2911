module github.com/neuroglia-go/neuroglia/benchmarks/load

go 1.26.0

replace (
	github.com/neuroglia-go/neuroglia => ../..
	github.com/neuroglia-go/neuroglia/repository/sqlrepo => ../../repository/sqlrepo
)

require (
	github.com/neuroglia-go/neuroglia/repository/sqlrepo v0.0.0
	github.com/tsenart/vegeta/v12 v12.13.0
)

require (
	github.com/neuroglia-go/neuroglia/benchmarks v0.0.0
	golang.org/x/sys v0.49.0
)

require (
	github.com/influxdata/tdigest v0.0.1 // indirect
	github.com/jackc/pgpassfile v1.0.0 // indirect
	github.com/jackc/pgservicefile v0.0.0-20240606120523-5a60cdf6a761 // indirect
	github.com/jackc/pgx/v5 v5.12.0 // indirect
	github.com/josharian/intern v1.0.0 // indirect
	github.com/mailru/easyjson v0.7.7 // indirect
	github.com/rs/dnscache v0.0.0-20230804202142-fc85eb664529 // indirect
	golang.org/x/net v0.59.0 // indirect
	golang.org/x/sync v0.24.0 // indirect
	golang.org/x/text v0.42.0 // indirect
)

replace (
	github.com/neuroglia-go/neuroglia/benchmarks => ../
	github.com/neuroglia-go/neuroglia/observability => ../../observability
	github.com/neuroglia-go/neuroglia/web => ../../web
)
