package grafana

import "slices"

// Panel is one picture of a dashboard. Make one with [TimeSeries], [Stat] and the others, then refine it with its methods.
type Panel struct {
	kind        string
	title       string
	description string
	unit        string
	queries     []Query
	width       int
	height      int
	thresholds  []Threshold
	links       []Link
	noValue     string
	decimals    *int
	top         *float64
	sparkline   bool
	stacked     bool
	bars        bool
	horizontal  bool
	renamed     []renaming
	hidden      []string
	sorted      string
	narrow      []string
	text        string
}

// Threshold gives values from it on a colour.
type Threshold struct {
	From  float64
	Color string
}

// The colours, which mean the same thing on every dashboard.
const (
	Good    = "green"
	Warning = "orange"
	Bad     = "red"
	Traffic = "blue"
	Neutral = "text"
)

type renaming struct{ from, to, unit string }

// The units of values, in Grafana's words.
const (
	Seconds    = "s"
	PerSecond  = "ops"
	Requests   = "reqps"
	Share      = "percentunit"
	Money      = "currencyUSD"
	Number     = "short"  // shortened: 1.2 K
	Count      = "locale" // in full: 1,234
	Bytes      = "bytes"
	BytesRate  = "Bps"
	Percentage = "percent"
	Cores      = "none"
)

func panel(kind, title, description, unit string, queries []Query) Panel {
	const third, tall = 8, 8
	return Panel{
		kind: kind, title: title, description: description, unit: unit, queries: queries, width: third, height: tall,
		noValue: "nothing yet",
	}
}

// TimeSeries draws lines. The description says what is shown, where it comes from and what to do about it.
func TimeSeries(title, description, unit string, queries ...Query) Panel {
	return panel("timeseries", title, description, unit, queries)
}

// Stat is one number, with how it went behind it.
func Stat(title, description, unit string, query Query) Panel {
	p := panel("stat", title, description, unit, []Query{query}).Size(4, 4)
	p.sparkline = !query.instant
	return p
}

// BarGauge is a bar for each series, the longest first as the query sorts them.
func BarGauge(title, description, unit string, queries ...Query) Panel {
	return panel("bargauge", title, description, unit, queries)
}

// BarChart is a bar for each row of an instant query's table.
func BarChart(title, description, unit string, query Query) Panel {
	return panel("barchart", title, description, unit, []Query{query.table()})
}

// Heatmap shows a histogram's buckets in time.
func Heatmap(title, description, unit string, query Query) Panel {
	return panel("heatmap", title, description, unit, []Query{query.heatmap()})
}

// Table shows the rows of instant queries, joined by their labels.
func Table(title, description string, queries ...Query) Panel {
	tables := make([]Query, len(queries))
	for i, q := range queries {
		tables[i] = q.table()
	}
	return panel("table", title, description, Number, tables)
}

// LogLines shows log records.
func LogLines(title, description string, query Query) Panel {
	return panel("logs", title, description, "", []Query{query}).Size(24, 9)
}

// TraceList lists traces that a TraceQL query finds.
func TraceList(title, description string, query Query) Panel {
	return panel("table", title, description, "", []Query{query}).Size(24, 8)
}

// ServiceMap draws who calls whom, from the metrics that Tempo makes of spans.
func ServiceMap(title, description string, query Query) Panel {
	return panel("nodeGraph", title, description, "", []Query{query}).Size(24, 12)
}

// Text is a note in Markdown.
func Text(title, markdown string) Panel {
	p := panel("text", title, "What this row is about.", "", nil).Size(24, 3)
	p.text = markdown
	return p
}

// Size sets width, in columns of 24, and height.
func (p Panel) Size(width, height int) Panel {
	p.width, p.height = width, height
	return p
}

// Limits colours values from each threshold on; below the first they are good.
func (p Panel) Limits(thresholds ...Threshold) Panel {
	p.thresholds = thresholds
	return p
}

// Link adds a link to each value.
func (p Panel) Link(links ...Link) Panel {
	p.links = append(slices.Clone(p.links), links...)
	return p
}

// WhenEmpty says why there may be no value.
func (p Panel) WhenEmpty(reason string) Panel {
	p.noValue = reason
	return p
}

// Decimals sets how many there are.
func (p Panel) Decimals(n int) Panel {
	p.decimals = &n
	return p
}

// UpTo sets the upper end of the axis.
func (p Panel) UpTo(top float64) Panel {
	p.top = &top
	return p
}

// Stacked puts series on top of each other.
func (p Panel) Stacked() Panel {
	p.stacked = true
	return p
}

// Bars draws bars for lines.
func (p Panel) Bars() Panel {
	p.bars = true
	return p
}

// Horizontal draws bars from left to right.
func (p Panel) Horizontal() Panel {
	p.horizontal = true
	return p
}

// Column names a column of a table, which a label or, as "Value #A", a query makes, and gives it a unit.
func (p Panel) Column(from, to, unit string) Panel {
	p.renamed = append(slices.Clone(p.renamed), renaming{from, to, unit})
	return p
}

// Narrow leaves the room of a table to its other columns.
func (p Panel) Narrow(columns ...string) Panel {
	p.narrow = columns
	return p
}

// Without hides columns of a table.
func (p Panel) Without(columns ...string) Panel {
	p.hidden = append(slices.Clone(p.hidden), columns...)
	return p
}

// SortedBy sorts a table, with the greatest value of the named column first.
func (p Panel) SortedBy(column string) Panel {
	p.sorted = column
	return p
}
