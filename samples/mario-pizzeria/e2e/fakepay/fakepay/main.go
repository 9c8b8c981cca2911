// Command fakepay serves a payment service that does what it is told.
//
//	go run ./e2e/fakepay/fakepay -delay 2s
//	PAYMENT_URL=http://127.0.0.1:8090 make run
package main

import (
	"flag"
	"log"
	"net/http"
	"time"

	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/e2e/fakepay"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8090", "the address to listen on")
	delay := flag.Duration("delay", 0, "how long a charge takes")
	status := flag.Int("status", 0, "what a charge answers: 402 refuses it, 500 fails; 0 accepts it")
	flag.Parse()
	var service fakepay.Service
	service.Behave(*delay, *status)
	server := http.Server{Addr: *addr, Handler: service.Handler(), ReadHeaderTimeout: time.Second}
	log.Printf("payment service at http://%s", *addr)
	log.Fatal(server.ListenAndServe())
}
