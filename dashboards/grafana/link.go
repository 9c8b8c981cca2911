package grafana

import "strings"

// Link leads from a value to another page.
type Link struct {
	title string
	url   string
}

// ToBoard leads to a dashboard and keeps the time range and the named variables; with sets more, as "message",
// "${__field.labels.neuroglia_message_type}".
func ToBoard(title, uid string, keep []string, with ...string) Link {
	var b strings.Builder
	b.WriteString("/d/" + uid + "?${__url_time_range}")
	for _, name := range keep {
		b.WriteString("&${" + name + ":queryparam}")
	}
	for i := 0; i+1 < len(with); i += 2 {
		b.WriteString("&var-" + with[i] + "=" + with[i+1])
	}
	return Link{title: title, url: b.String()}
}

// LabelOf is the value of a label of the series that a link starts from.
func LabelOf(label string) string { return "${__field.labels." + label + "}" }
