package web

// docsPage is the template of the page that shows an API. It is a constant since packages here have no variables.
const docsPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}}</title>
<style>
:root { color-scheme: light dark; --line: #8886; --soft: #8882; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 0 auto; padding: 1rem; }
h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); }
code, .path { font-family: ui-monospace, monospace; }
details { border: 1px solid var(--line); border-radius: 6px; margin: .5rem 0; padding: .5rem .75rem; }
summary { cursor: pointer; }
.method { display: inline-block; min-width: 4.5rem; font-weight: 700; font-family: ui-monospace, monospace; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; }
th, td { text-align: left; vertical-align: top; padding: .25rem .5rem; border-bottom: 1px solid var(--soft); }
section:target { background: var(--soft); }
</style>
</head>
<body>
<h1>{{.Title}} <small>{{.Version}}</small></h1>
{{with .Description}}<p>{{.}}</p>{{end}}
{{with .OpenAPI}}<p>For programs: <a href="{{.}}">OpenAPI 3.1</a></p>{{end}}
{{range .Groups}}
<h2>{{.Name}}</h2>
{{range .Operations}}
<details id="{{.OperationID}}">
<summary><span class="method">{{.Method}}</span> <span class="path">{{.Path}}</span> {{.Summary}}</summary>
{{with .Parameters}}
<table>
<tr><th>parameter</th><th>in</th><th>type</th><th></th></tr>
{{range .}}<tr><td><code>{{.Name}}</code>{{if .Required}} *{{end}}</td><td>{{.In}}</td>
<td>{{type .Schema}}</td><td>{{.Description}} {{limits .Schema}}</td></tr>
{{end}}</table>
{{end}}
{{with .Body}}<p>Body: {{type .}}</p>{{end}}
<table>
<tr><th>status</th><th></th><th>answer</th></tr>
{{range .Answers}}<tr><td>{{.Status}}</td><td>{{.Description}}</td><td>{{type .Schema}}</td></tr>
{{end}}</table>
</details>
{{end}}
{{end}}
<h2>Types</h2>
{{range .Schemas}}
<section id="{{.Name}}">
<h3>{{.Name}}</h3>
{{with .Description}}<p>{{.}}</p>{{end}}
<table>
<tr><th>field</th><th>type</th><th></th></tr>
{{range .Fields}}<tr><td><code>{{.Name}}</code>{{if .Required}} *{{end}}</td><td>{{type .Schema}}</td>
<td>{{.Schema.Description}} {{limits .Schema}}</td></tr>
{{end}}</table>
</section>
{{end}}
<p>* always there</p>
</body>
</html>
`
