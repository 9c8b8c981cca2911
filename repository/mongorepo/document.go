package mongorepo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// fromJSON returns a JSON value as BSON, so that it can be read and queried in the database. toJSON gives it back with
// the same keys in the same order, the same texts and the same numbers.
func fromJSON(text []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return readValue(decoder)
}

func readValue(decoder *json.Decoder) (any, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, fmt.Errorf("read JSON: %w", err)
	}
	switch token := token.(type) {
	case json.Delim:
		if token == '{' {
			return readObject(decoder)
		}
		return readArray(decoder)
	case json.Number:
		return number(token)
	}
	return token, nil // text, boolean or nil
}

func readObject(decoder *json.Decoder) (bson.D, error) {
	object := bson.D{}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return nil, fmt.Errorf("read JSON: %w", err)
		}
		value, err := readValue(decoder)
		if err != nil {
			return nil, err
		}
		object = append(object, bson.E{Key: escape(key.(string)), Value: value}) //nolint:forcetypeassert // JSON has no other
	}
	_, err := decoder.Token()
	return object, err //nolint:wrapcheck // it was there when More said so
}

func readArray(decoder *json.Decoder) (bson.A, error) {
	array := bson.A{}
	for decoder.More() {
		value, err := readValue(decoder)
		if err != nil {
			return nil, err
		}
		array = append(array, value)
	}
	_, err := decoder.Token()
	return array, err //nolint:wrapcheck // as above
}

// number refuses what would come back as another number.
func number(n json.Number) (any, error) {
	text := n.String()
	if i, err := strconv.ParseInt(text, 10, 64); err == nil && text != "-0" {
		return i, nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || !strings.ContainsAny(text, ".eE") && text != "-0" && math.Abs(f) >= 1<<53 {
		return nil, fmt.Errorf("MongoDB has no number %s: let the document have it as text", text)
	}
	return f, nil
}

// escape returns a key without what means something else in queries and updates: a leading dollar and dots, and the NUL
// that BSON cannot have.
func escape(key string) string {
	if !strings.ContainsAny(key, "$.%\x00") {
		return key
	}
	key = strings.NewReplacer("%", "%25", ".", "%2E", "\x00", "%00").Replace(key)
	if strings.HasPrefix(key, "$") {
		key = "%24" + key[1:]
	}
	return key
}

func unescape(key string) string {
	if !strings.Contains(key, "%") {
		return key
	}
	return strings.NewReplacer("%25", "%", "%2E", ".", "%00", "\x00", "%24", "$").Replace(key)
}

// toJSON is the opposite of fromJSON.
func toJSON(value bson.RawValue) ([]byte, error) { return appendJSON(nil, value) }

func appendJSON(to []byte, value bson.RawValue) ([]byte, error) {
	switch value.Type { //nolint:exhaustive // JSON has no others
	case bson.TypeEmbeddedDocument:
		return appendAll(to, value.Document(), '{', '}')
	case bson.TypeArray:
		return appendAll(to, bson.Raw(value.Array()), '[', ']')
	case bson.TypeString:
		return appendText(to, value.StringValue())
	case bson.TypeInt32:
		return strconv.AppendInt(to, int64(value.Int32()), 10), nil
	case bson.TypeInt64:
		return strconv.AppendInt(to, value.Int64(), 10), nil
	case bson.TypeDouble:
		return strconv.AppendFloat(to, value.Double(), 'g', -1, 64), nil
	case bson.TypeBoolean:
		return strconv.AppendBool(to, value.Boolean()), nil
	case bson.TypeNull:
		return append(to, "null"...), nil
	default:
		return nil, fmt.Errorf("the document has a value of BSON type %s, which was not written here", value.Type)
	}
}

func appendAll(to []byte, values bson.Raw, begin, end byte) ([]byte, error) {
	elements, err := values.Elements()
	if err != nil {
		return nil, fmt.Errorf("read BSON: %w", err)
	}
	to = append(to, begin)
	for i, element := range elements {
		if i > 0 {
			to = append(to, ',')
		}
		if begin == '{' {
			if to, err = appendText(to, unescape(element.Key())); err != nil {
				return nil, err
			}
			to = append(to, ':')
		}
		if to, err = appendJSON(to, element.Value()); err != nil {
			return nil, err
		}
	}
	return append(to, end), nil
}

func appendText(to []byte, text string) ([]byte, error) {
	quoted, err := json.Marshal(text)
	if err != nil {
		return nil, errors.Join(errors.New("write a text as JSON"), err)
	}
	return append(to, quoted...), nil
}
