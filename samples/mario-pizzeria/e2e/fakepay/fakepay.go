// Package fakepay is a payment service that does what it is told, for tests and for trying things out.
package fakepay

import (
	"encoding/json"
	"net/http"
	"sync"
	"time"
)

// Service is a payment service in memory. Its zero value accepts every charge.
type Service struct {
	mu      sync.Mutex
	delay   time.Duration
	status  int
	charged map[string]bool
}

// Behave makes charges take delay and answer with status; 0 means accepting them with 201.
func (s *Service) Behave(delay time.Duration, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.delay, s.status = delay, status
}

// Charged returns how many orders are charged and not refunded.
func (s *Service) Charged() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.charged)
}

// Handler returns the service's routes.
func (s *Service) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /charges", s.charge)
	mux.HandleFunc("DELETE /charges/{order}", s.refund)
	return mux
}

func (s *Service) charge(w http.ResponseWriter, r *http.Request) {
	var body struct {
		OrderID string `json:"order_id"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil || body.OrderID == "" {
		http.Error(w, "want a JSON object with order_id and amount", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	delay, status := s.delay, s.status
	s.mu.Unlock()
	select {
	case <-time.After(delay):
	case <-r.Context().Done():
		return
	}
	if status == 0 {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.charged == nil {
			s.charged = map[string]bool{}
		}
		s.charged[body.OrderID] = true
		status = http.StatusCreated
	}
	w.WriteHeader(status)
}

func (s *Service) refund(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.charged, r.PathValue("order"))
	w.WriteHeader(http.StatusNoContent)
}
