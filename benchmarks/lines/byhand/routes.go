package main

import (
	"encoding/json"
	"errors"
	"net/http"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
)

func (s *service) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /orders", s.postOrder)
	mux.HandleFunc("GET /orders/{id}", s.showOrder)
	return otelhttp.NewHandler(mux, "")
}

func (s *service) postOrder(w http.ResponseWriter, r *http.Request) {
	var cmd PlaceOrder
	if err := json.NewDecoder(r.Body).Decode(&cmd); err != nil || cmd.Customer == "" || cmd.Total < 1 {
		http.Error(w, "an order has a customer and a total", http.StatusUnprocessableEntity)
		return
	}
	order, err := s.placeOrder(r.Context(), cmd)
	if err == nil {
		w.Header().Set("Location", "/orders/"+order.ID)
	}
	answer(w, http.StatusCreated, order, err)
}

func (s *service) showOrder(w http.ResponseWriter, r *http.Request) {
	order, err := s.getOrder(r.Context(), GetOrder{ID: r.PathValue("id")})
	answer(w, http.StatusOK, order, err)
}

func answer(w http.ResponseWriter, status int, order Order, err error) {
	switch {
	case errors.Is(err, errRefused):
		http.Error(w, err.Error(), http.StatusNotFound)
	case err != nil:
		http.Error(w, "something went wrong", http.StatusInternalServerError)
	default:
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(order) //nolint:errchkjson // the status has been sent
	}
}
