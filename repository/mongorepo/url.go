package mongorepo

import (
	"errors"
	"fmt"
	"strings"

	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/connstring"
)

const forms = "write mongodb://, hosts and the name of a database, such as mongodb://127.0.0.1:27017/mario"

// place is where a database is.
type place struct {
	url      string
	hosts    string
	database string
}

// String returns what error messages call the place. It has no password.
func (p place) String() string { return p.hosts + "/" + p.database }

// parseURL never repeats a URL: it may hold a password.
func parseURL(url string) (place, error) {
	if scheme, _, ok := strings.Cut(url, "://"); !ok {
		return place{}, fmt.Errorf("the URL has no scheme: %s", forms)
	} else if scheme != connstring.SchemeMongoDB && scheme != connstring.SchemeMongoDBSRV {
		return place{}, fmt.Errorf("scheme %q is not supported: %s", scheme, forms)
	}
	parsed, err := connstring.Parse(url)
	switch {
	case err != nil && strings.Contains(err.Error(), "lookup"):
		return place{}, errors.New("the hosts of the URL cannot be looked up")
	case err != nil:
		return place{}, fmt.Errorf("the URL is wrong: %s; a password has the characters :/?#[]@ escaped as %%40 and so on", forms)
	case parsed.Database == "":
		return place{}, fmt.Errorf("the URL names no database: %s", forms)
	}
	return place{url: url, hosts: strings.Join(parsed.Hosts, ","), database: parsed.Database}, nil
}
