#!/usr/bin/env bash
# Mario's Pizzeria and its observability stack in containers.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
	cat <<'END'
Usage: ./mario-docker.sh COMMAND

  start [--prod] [--traffic] [--processes]
                              build and start everything; sampled, masked and behind a password; with customers; the
                              pizzeria as three processes, with PostgreSQL and NATS
  stop                        stop everything, and keep what is stored
  restart [OPTIONS]           as it was started last, if no options are given
  status                      what runs, and how it is doing
  logs [SERVICE]              what services print, until Ctrl-C
  clean [--yes]               stop everything and delete what is stored
END
}

fail() {
	printf 'mario-docker: %s\n' "$*" >&2
	exit 1
}

misused() {
	printf 'mario-docker: %s\n\n' "$*" >&2
	usage >&2
	exit 2
}

need_docker() {
	command -v docker >/dev/null || fail "there is no docker: install it from https://docs.docker.com/get-docker, or run the stack without it: make demo"
	docker compose version >/dev/null 2>&1 || fail "docker has no compose: install its plugin, https://docs.docker.com/compose/install"
	docker info >/dev/null 2>&1 || fail "the Docker engine does not answer: start it, or if it runs, let your user use it: sudo usermod -aG docker \"\$USER\""
}

files=(-f docker-compose.mario.yml)

compose() { docker compose "${files[@]}" "$@"; }

# Everything that may have been started, so that stop and clean reach it however it was.
all() { compose --profile traffic "$@"; }

# who PORT says what listens at a port, if that can be known.
who() {
	if command -v ss >/dev/null; then
		ss -ltnpH "sport = :$1" | sed -n 's/.*users:(("\([^"]*\)",pid=\([0-9]*\).*/\1 (process \2)/p' | head -n 1
	elif command -v lsof >/dev/null; then
		lsof -nP -iTCP:"$1" -sTCP:LISTEN -Fcp 2>/dev/null | awk '/^p/ {pid = substr($0, 2)} /^c/ {print substr($0, 2) " (process " pid ")"; exit}'
	fi
}

# taken PORT reports whether something listens at a port of this machine.
taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

check_ports() {
	local ours name port owner problem=
	ours=$(all ps --status running --services)
	while read -r name port; do
		if [[ $name == postgres || $name == nats ]] && [[ -z $processes ]]; then continue; fi
		if grep -qx "$name" <<<"$ours" || ! taken "$port"; then continue; fi
		owner=$(who "$port")
		printf 'mario-docker: port %s, for %s, is taken by %s\n' "$port" "$name" "${owner:-another program}" >&2
		problem=1
	done <<'END'
mario-pizzeria-app 8080
grafana 3001
tempo 3200
prometheus 9090
loki 3100
otel-collector 4317
otel-collector 4318
otel-collector 13133
postgres 5432
nats 4222
END
	[[ -z $problem ]] || fail "stop what listens there, then start again"
}

make_password() {
	local secret=.secrets/grafana_admin_password
	if [[ ! -s $secret ]]; then
		# The folder keeps others out; the file itself must be readable by Grafana's user in the container.
		mkdir -p .secrets && chmod 700 .secrets
		head -c 24 /dev/urandom | base64 | tr -d '\n' >"$secret"
		chmod 644 "$secret"
	fi
}

# make_passwords makes those of the database and the broker, which only those who need them are told.
make_passwords() {
	local secret=.secrets/processes.env name
	if [[ ! -s $secret ]]; then
		mkdir -p .secrets && chmod 700 .secrets
		for name in POSTGRES_PASSWORD DATABASE_PASSWORD BUS_PASSWORD; do
			printf '%s=p%s\n' "$name" "$(head -c 24 /dev/urandom | base64 | tr -d '\n' | tr '+/' '-_')"
		done >"$secret"
		chmod 600 "$secret"
	fi
}

production=
processes=
profiles=()
last=.mario-docker # the options of the last start, a word each
options=

read_options() {
	local option
	options=$*
	for option in "$@"; do
		case $option in
		--prod) production=1 ;;
		--processes) processes=1 ;;
		--traffic)
			profiles=(--profile traffic)
			export PAYMENT_URL=http://mario-pizzeria-traffic:8090
			;;
		*) misused "there is no option $option" ;;
		esac
	done
}

# wait_healthy waits for what people open first; all that these need is healthy before.
wait_healthy() {
	local name health _
	for name in mario-pizzeria-app grafana; do
		printf 'waiting for %s\n' "$name"
		for _ in {1..120}; do
			health=$(compose ps --format '{{.Health}}' "$name")
			[[ $health == healthy ]] && continue 2
			sleep 1
		done
		fail "$name is ${health:-not there} after two minutes: see ./mario-docker.sh logs $name"
	done
}

start() {
	need_docker
	if [[ -n $production ]]; then
		files+=(-f docker-compose.mario.prod.yml)
		make_password
	fi
	if [[ -n $processes ]]; then
		files=(--env-file .secrets/processes.env "${files[@]}" -f docker-compose.mario.processes.yml)
		make_passwords
	fi
	check_ports
	printf '%s\n' "$options" >"$last"
	compose ${profiles[@]+"${profiles[@]}"} up --build --detach --remove-orphans ||
		fail "not everything came up: see ./mario-docker.sh status and ./mario-docker.sh logs"
	wait_healthy
	cat <<'END'

Mario's Pizzeria  http://127.0.0.1:8080/api/docs
Dashboards        http://127.0.0.1:3001
Metrics, alerts   http://127.0.0.1:9090
OTLP              http://127.0.0.1:4318 (HTTP), 127.0.0.1:4317 (gRPC)
END
	if [[ -n $production ]]; then
		printf '\nGrafana asks for a password: the user is admin, the password is in .secrets/grafana_admin_password\n'
	fi
}

stop() {
	[[ $# == 0 ]] || misused "stop does not know $1"
	need_docker
	all down --remove-orphans
}

clean() {
	local answer=
	case ${1-} in
	--yes) answer=yes ;;
	"") ;;
	*) misused "clean does not know $1" ;;
	esac
	need_docker
	if [[ -z $answer ]]; then
		[[ -t 0 ]] || fail "clean deletes all orders, traces, metrics and logs: say so with --yes"
		read -r -p "Delete all orders, traces, metrics and logs? Type yes: " answer
	fi
	[[ $answer == yes ]] || fail "nothing was deleted"
	all down --volumes --remove-orphans
	local more
	for more in prod processes; do # which have volumes of their own
		files+=(-f "docker-compose.mario.$more.yml")
		all down --volumes --remove-orphans
	done
}

command=${1-}
[[ $# == 0 ]] || shift
case $command in
start)
	read_options "$@"
	start
	;;
stop) stop "$@" ;;
restart)
	if [[ $# == 0 && -r $last ]]; then
		read -ra remembered <"$last" || true
		set -- ${remembered[@]+"${remembered[@]}"}
		printf 'restarting as before: %s\n' "start${*:+ $*}"
	fi
	read_options "$@"
	stop
	start
	;;
status)
	need_docker
	all ps --all
	;;
logs)
	need_docker
	files+=(-f docker-compose.mario.processes.yml) # whose services have logs too, if they run
	all logs --follow --tail 100 "$@"
	;;
clean) clean "$@" ;;
help | -h | --help) usage ;;
"") misused "say what to do" ;;
*) misused "there is no command $command" ;;
esac
