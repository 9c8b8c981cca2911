package simulate

import (
	"math/rand/v2"
	"net/http"
	"time"
)

// goesWrong draws whether the next call goes wrong. The last ones, of orders that are to be finished, do not.
func (s *simulation) goesWrong(r *rand.Rand) bool {
	wrong := r.Float64() < s.config.Chaos
	select {
	case <-s.closing:
		return false
	default:
	}
	if wrong {
		s.book.count(func(t *tally) { t.mistakes++ })
	}
	return wrong
}

// impatient makes a call of which nobody waits for the answer.
func impatient(r *rand.Rand, k call) call {
	k.patience = time.Millisecond + time.Duration(r.Int64N(int64(4*time.Millisecond)))
	return k
}

// wrongOrder returns how placing an order goes wrong.
func wrongOrder(r *rand.Rand, b basket) call {
	k := call{method: http.MethodPost, path: "/api/orders", body: encode(b)}
	switch weighted(r, 25, 25, 20, 10, 20) {
	case 0:
		b.Items[0].PizzaID = "hawaii-deluxe"
	case 1:
		b.Items[0].Quantity = -b.Items[0].Quantity
	case 2:
		k.body = k.body[:len(k.body)/2]
		return k
	case 3:
		b.CustomerID, b.Items = "", nil
	default:
		return impatient(r, k)
	}
	k.body = encode(b)
	return k
}

// wrongStep returns how moving an order along goes wrong.
func wrongStep(o *order) call {
	switch weighted(o.random, 40, 20, 20, 20) {
	case 0: // out of turn
		if o.status == pending || o.status == cooking {
			return o.put("deliver", nil)
		}
		return o.put("cook", nil)
	case 1:
		return (&order{id: "order_of_nobody"}).put("ready", nil)
	case 2:
		k := o.put("assign", nil)
		k.body = `{"driver":`
		return k
	default:
		return impatient(o.random, o.next())
	}
}

// wrongLook returns how looking goes wrong.
func wrongLook(r *rand.Rand) call {
	switch weighted(r, 40, 20, 20, 20) {
	case 0:
		return get("/api/orders/order_of_nobody")
	case 1:
		return get("/api/orders?status=burnt")
	case 2:
		return get("/api/pasta")
	default:
		return impatient(r, get("/api/orders?limit=500"))
	}
}
