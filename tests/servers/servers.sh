#!/usr/bin/env bash
# The servers of the test run: a PostgreSQL and a MariaDB of its own in a temporary folder, reached
# by unix socket and by loopback TCP with TLS.
#
#   servers.sh start STATE   starts them for the calling process and writes the file STATE
#   servers.sh stop STATE    stops them and waits until nothing is left
#   servers.sh run COMMAND…  runs a command while they are up
#
# A keeper process holds the servers. It stops them and removes their folder when told to, or as
# soon as the process they were started for (ctest) is gone, however it went. Should the keeper be
# killed, the kernel ends the servers, and the next start or stop removes the folder.
#
# The servers run as unprivileged users when this runs as root. An engine that is not installed is
# left out and STATE says why, unless SONDE_TEST_REQUIRE_SERVERS=1. One that the environment names
# already (SONDE_TEST_POSTGRES, SONDE_TEST_MYSQL: the URI of an administrator) is not started.
# SONDE_TEST_SERVERS_PATH, where set, is where they are looked for instead of on PATH and where
# Debian puts them.
# STATE holds lines NAME=VALUE; write_state below is the list of them.
set -euo pipefail
# Debian keeps each version of PostgreSQL in a folder of its own; the newest goes first.
search_path=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV | paste -sd:)
search_path=${SONDE_TEST_SERVERS_PATH:-$search_path:$PATH:/usr/sbin}
readonly search_path
readonly kStartSeconds=60 kStopSeconds=20
self=$(readlink -f "${BASH_SOURCE[0]}")

fail() {
  printf 'servers.sh: %s\n' "$*" >&2
  exit 1
}

# --- Processes -----------------------------------------------------------------------------------

# identity PID: prints PID:START, which no later process shares; fails when it is not running.
identity() {
  local stat fields
  read -r stat 2>/dev/null <"/proc/$1/stat" || return 1
  read -ra fields <<<"${stat##*) }"  # from the third field on; the second may hold anything
  [[ ${fields[0]} != [ZX] ]] || return 1
  printf '%s:%s\n' "$1" "${fields[19]}"
}

running() { [[ $(identity "${1%%:*}") == "$1" ]]; }

# user_for NAME: the user that a server runs as.
user_for() {
  if id -u "$1" >/dev/null 2>&1; then echo "$1"; else echo nobody; fi
}

# run_as USER COMMAND…: becomes the command, as that user when this is root. It gets SIGQUIT when
# its parent dies, which ends a server at once.
run_as() {
  local become=()
  if ((EUID == 0)); then become=(--reuid "$1" --regid "$(id -g "$1")" --clear-groups); fi
  exec 3>&- setpriv "${become[@]}" --pdeathsig QUIT "${@:2}"
}

# pause SECONDS: sleeps without a process. Succeeds when the keeper is told to stop.
pause() { read -rt "$1" -u 3 _; }

# free_port: one that nothing listens on, below those that the kernel gives to clients.
free_port() {
  local port=0
  while ((port == 0)) || (exec 9<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
    port=$((20000 + RANDOM % 12000))
  done
  echo "$port"
}

# --- What both servers share ---------------------------------------------------------------------

# An authority of our own and what it signs: a server, and a client whom PostgreSQL knows by it.
make_certificates() {
  local name subject
  mkdir -m 700 tls
  openssl ecparam -name prime256v1 -genkey -noout -out tls/ca.key
  openssl req -x509 -new -key tls/ca.key -days 30 -subj '/CN=sonde test authority' -out tls/ca.crt
  for name in server client; do
    subject=/CN=localhost
    if [[ $name == client ]]; then subject=/CN=sonde_cert; fi
    openssl ecparam -name prime256v1 -genkey -noout -out tls/$name.key
    openssl req -new -key tls/$name.key -subj $subject -out tls/$name.csr
    openssl x509 -req -in tls/$name.csr -CA tls/ca.crt -CAkey tls/ca.key -CAcreateserial \
      -days 30 -extfile <(echo 'subjectAltName=DNS:localhost,IP:127.0.0.1') -out tls/$name.crt
  done
  rm tls/ca.key tls/*.csr
  chmod 600 tls/*.key
}

# lay_out ENGINE USER: the folder of a server, which its user owns, with the certificates it needs.
lay_out() {
  mkdir -m 700 "$1" "$1/tmp"
  cp tls/ca.crt tls/server.crt tls/server.key "$1"
  if ((EUID == 0)); then chown -R "$2" "$1"; fi
}

# launch ENGINE PROGRAM USER: starts a prepared server and waits until it answers. More than once,
# as a port may be taken between its choice and its use.
launch() {
  local engine=$1 attempt deadline
  for attempt in 1 2 3; do
    free_port >"$engine/port"
    "${engine}_start" "${@:2}" >"$engine/log" 2>&1 </dev/null &
    echo $! >"$engine/pid"
    deadline=$((SECONDS + kStartSeconds))
    while identity $! >/dev/null && ((SECONDS < deadline)); do
      if "${engine}_answers" "$2"; then return; fi
      pause 0.05 || true
    done
    kill -QUIT $! 2>/dev/null || true
    wait $! || true
    echo "Attempt $attempt to start $engine failed:"
    tail "$engine/log"
  done
  return 1
}

# --- PostgreSQL ----------------------------------------------------------------------------------

# Prints the folder of its programs.
postgres_find() {
  local bin
  bin=$(PATH=$search_path command -v initdb) || return 1
  dirname "$(readlink -f "$bin")"
}

# Nothing needs to survive a crash of the machine, so nothing is synced; a crash of the server
# still loses no commit. The time zone is one that nobody expects, so that code that relies on the
# server's is found out.
postgres_prepare() {
  local root=$PWD/postgres
  (run_as "$2" "$1/initdb" --pgdata "$root/template" --username sonde --auth trust \
    --encoding UTF8 --locale C.UTF-8 --no-sync --wal-segsize 1 --no-instructions)
  cat >>postgres/template/postgresql.conf <<CONF
fsync = off
full_page_writes = off
max_connections = 200
dynamic_shared_memory_type = mmap
shared_preload_libraries = pg_stat_statements
timezone = 'Asia/Kolkata'
listen_addresses = '127.0.0.1'
ssl = on
ssl_ca_file = '$root/ca.crt'
ssl_cert_file = '$root/server.crt'
ssl_key_file = '$root/server.key'
CONF
  cat >postgres/template/pg_hba.conf <<'CONF'
local     all,replication all                       trust
hostnossl all             sonde_tls    127.0.0.1/32 reject
hostssl   all             sonde_cert   127.0.0.1/32 cert
host      all,replication all          127.0.0.1/32 scram-sha-256
CONF
  postgres_users | (run_as "$2" "$1/postgres" --single -jE -D "$root/template" postgres)
  cp -a postgres/template postgres/data
}

# Whoever reaches the socket's folder is the administrator; over TCP nobody is without a password.
postgres_users() {
  cat <<SQL
ALTER ROLE sonde PASSWORD '$password';

CREATE ROLE sonde_tls LOGIN PASSWORD '$password';

CREATE ROLE sonde_cert LOGIN;

SQL
}

postgres_start() {
  run_as "$2" "$1/postgres" -D "$PWD/postgres/data" -k "$PWD/postgres" -p "$(<postgres/port)"
}

postgres_answers() { "$1/pg_isready" -q -h "$PWD/postgres" -p "$(<postgres/port)"; }

# --- MariaDB -------------------------------------------------------------------------------------

mysql_find() { PATH=$search_path command -v mariadbd; }

mysql_prepare() {
  local root=$PWD/mysql
  cat >mysql/my.cnf <<CONF
[mariadbd]
bind-address = 127.0.0.1
skip-name-resolve
character-set-server = utf8mb4
collation-server = utf8mb4_general_ci
default-time-zone = '+05:30'
max_connections = 200
innodb_buffer_pool_size = 64M
innodb_log_file_size = 8M
innodb_flush_method = nosync
innodb_flush_log_at_trx_commit = 2
tmpdir = $root/tmp
ssl-ca = $root/ca.crt
ssl-cert = $root/server.crt
ssl-key = $root/server.key
CONF
  chmod 644 mysql/my.cnf
  (run_as "$2" mariadb-install-db --defaults-file="$root/my.cnf" --datadir="$root/template" \
    --auth-root-authentication-method=normal --skip-test-db)
  mysql_users >mysql/users.sql
  chmod 644 mysql/users.sql
  cp -a mysql/template mysql/data
}

# Run at every start, before the server listens.
mysql_users() {
  cat <<SQL
DELETE FROM mysql.global_priv WHERE user IN ('', 'root');
FLUSH PRIVILEGES;
CREATE OR REPLACE USER sonde@localhost;
GRANT ALL ON *.* TO sonde@localhost WITH GRANT OPTION;
CREATE OR REPLACE USER sonde@'%' IDENTIFIED BY '$password';
GRANT ALL ON *.* TO sonde@'%' WITH GRANT OPTION;
CREATE OR REPLACE USER sonde_tls@'%' IDENTIFIED BY '$password' REQUIRE SSL;
SQL
}

mysql_start() {
  run_as "$2" "$1" --defaults-file="$PWD/mysql/my.cnf" --datadir="$PWD/mysql/data" \
    --socket="$PWD/mysql/mysqld.sock" --port="$(<mysql/port)" --pid-file="$PWD/mysql/mysqld.pid" \
    --init-file="$PWD/mysql/users.sql"
}

mysql_answers() { grep -q 'ready for connections' mysql/log; }

# --- The keeper ----------------------------------------------------------------------------------

# end_servers: neither has anything to save. SIGQUIT lets PostgreSQL give back its shared memory.
end_servers() {
  local pid pids=() deadline=$((SECONDS + kStopSeconds))
  for pid in "$folder"/*/pid; do
    if [[ -s $pid ]]; then pids+=("$(<"$pid")"); fi
  done
  for pid in "${pids[@]}"; do kill -QUIT "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do
    while identity "$pid" >/dev/null && ((SECONDS < deadline)); do sleep 0.02; done
    kill -KILL "$pid" 2>/dev/null || true
  done
}

clean_up() {
  trap '' HUP INT TERM
  end_servers
  rm -rf "$folder"
  rm -f "$state" "$state.new"
}

# write_state KEEPER: what tests/servers/*.cpp and the commands below read.
write_state() {
  local engine
  {
    printf '%s=%s\n' keeper "$1" folder "$folder" user sonde password "$password" \
      tls_ca "$folder/tls/ca.crt" tls_certificate "$folder/tls/client.crt" \
      tls_key "$folder/tls/client.key" \
      postgres_socket "$folder/postgres" mysql_socket "$folder/mysql/mysqld.sock"
    for engine in postgres mysql; do
      if [[ -s missing_$engine ]]; then printf '%s_missing=%s\n' $engine "$(<missing_$engine)"; fi
      if [[ -s $engine/program ]]; then
        printf "${engine}_%s=%s\n" program "$(<$engine/program)" run_as "$(<$engine/user)" \
          template "$folder/$engine/template"
      fi
      if [[ -s $engine/pid ]]; then
        printf "${engine}_%s=%s\n" pid "$(<$engine/pid)" port "$(<$engine/port)" \
          data "$folder/$engine/data"
      fi
    done
  } >"$state.new"
  mv "$state.new" "$state"
}

# keep FOLDER STATE OWNER: brings the servers up, then holds them as long as the owner lives. An
# engine that the environment names is prepared all the same: tests start servers of their own.
keep() {
  folder=$1 state=$2
  local owner=$3 engine program user preparing=() engines=()
  trap clean_up EXIT
  trap 'exit 0' HUP INT TERM
  cd "$folder"
  exec 3<>control
  password="se/cr%et@:$(openssl rand -hex 8)"
  make_certificates
  mkdir -m 711 private
  for engine in postgres mysql; do
    local given=SONDE_TEST_${engine^^}
    if ! program=$("${engine}_find"); then
      echo "it is not installed" >missing_$engine
      [[ ${SONDE_TEST_REQUIRE_SERVERS:-} != 1 ]] || fail "$engine is required and not installed"
      continue
    fi
    user=$(user_for "$engine")
    lay_out "$engine" "$user"
    echo "$program" >"$engine/program"
    echo "$user" >"$engine/user"
    "${engine}_prepare" "$program" "$user" >prepare_$engine 2>&1 &
    preparing+=($!)
    if [[ -n ${!given:-} ]]; then
      echo "$given names another" >missing_$engine
    else
      engines+=("$engine")
    fi
  done
  for program in "${preparing[@]}"; do
    wait "$program" || { cat prepare_*; fail "making the data folders failed"; }
  done
  for engine in "${engines[@]}"; do
    launch "$engine" "$(<"$engine/program")" "$(<"$engine/user")" || fail "$engine did not start"
  done
  write_state "$(identity $$)"
  while running "$owner" && ! pause 0.5; do :; done
}

# --- Commands ------------------------------------------------------------------------------------

# recorded NAME STATE: the value of a line of the state file.
recorded() { sed -n "s/^$1=//p" "$2"; }

stop() {
  local state=$1 keeper folder deadline=$((SECONDS + 2 * kStopSeconds))
  rm -f "$state.log"
  if [[ ! -f $state ]]; then return; fi
  keeper=$(recorded keeper "$state")
  folder=$(recorded folder "$state")
  if running "$keeper"; then echo stop >"$folder/control"; fi
  while running "$keeper" && ((SECONDS < deadline)); do sleep 0.02; done
  if [[ -d $folder && $folder == */sonde-servers-* ]]; then rm -rf "$folder"; fi
  rm -f "$state" "$state.log"
}

# start STATE OWNER
start() {
  local state=$1 owner folder keeper deadline=$((SECONDS + 2 * kStartSeconds))
  mkdir -p "$(dirname "$state")"
  state=$(readlink -f "$state")
  stop "$state"
  local tool
  for tool in setpriv openssl; do
    command -v $tool >/dev/null || fail "$tool is not installed"
  done
  owner=$(identity "$2") || fail "there is no process $2 to start servers for"
  # A socket's path holds 107 characters at most, so the folder is not in the build tree.
  folder=$(mktemp -d /tmp/sonde-servers-XXXXXX)
  chmod 711 "$folder"
  mkfifo "$folder/control"
  # A session of its own: what interrupts the test run must not take the keeper with it.
  setsid "$BASH" "$self" keep "$folder" "$state" "$owner" >"$state.log" 2>&1 </dev/null &
  keeper=$!
  while [[ ! -f $state ]]; do
    if ! identity $keeper >/dev/null || ((SECONDS > deadline)); then
      cat "$state.log" >&2
      fail "the servers did not start"
    fi
    sleep 0.02
  done
  sed -n 's/^\(.*\)_missing=/servers.sh: no \1: /p' "$state"
}

run() {
  local state status=0
  state=$(mktemp -u /tmp/sonde-servers-XXXXXX.state)
  trap 'stop "$state"' EXIT
  start "$state" $$
  SONDE_TEST_SERVERS=$state "$@" || status=$?
  exit $status
}

case ${1:-}:$# in
  start:2) start "$2" "$PPID" ;;
  stop:2) stop "$2" ;;
  keep:4) keep "${@:2}" ;;
  run:*) if (($# > 1)); then run "${@:2}"; else fail "run needs a command"; fi ;;
  *) fail "usage: servers.sh start STATE | stop STATE | run COMMAND…" ;;
esac
