# Starts, recognises and ends background processes by pid file. A pid alone proves nothing: the file holds
# "pid start-time port", and only a process with both is ours. Needs common.sh.
# shellcheck shell=bash

pid_file() { printf '%s/%s.pid\n' "$PID_DIR" "$1"; }
log_file() { printf '%s/%s.log\n' "$LOG_DIR" "$1"; }
marker() { printf 'SINGLETABLE_PART=%s:%s\n' "$ROOT" "$1"; }

# When a living process started, in whatever unit this system has; empty for none and for zombies.
started_at() {
  local stat
  if [[ -d /proc/self ]]; then
    { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 0
    # The name in parentheses may hold anything; state is the first word after it, start time the twentieth.
    read -ra stat <<<"${stat##*) }"
    [[ "${stat[0]}" == Z ]] || printf '%s\n' "${stat[19]}"
  else
    ps -o lstart= -p "$1" 2>/dev/null | tr -s ' ' '_' || true
  fi
}

# recorded NAME: sets PART_PID, PART_STARTED and PART_PORT; false without a well-formed file.
recorded() {
  PART_PID='' PART_STARTED='' PART_PORT=''
  [[ -f "$(pid_file "$1")" ]] || return 1
  read -r PART_PID PART_STARTED PART_PORT <"$(pid_file "$1")" || true
  [[ "$PART_PID" =~ ^[1-9][0-9]*$ && -n "$PART_STARTED" ]]
}

alive() { recorded "$1" && [[ "$(started_at "$PART_PID")" == "$PART_STARTED" ]]; }

# need_free_port PORT WHOSE SETTING
need_free_port() {
  machine port-free "$1" && return
  fail "$E_PORT" "port $1, wanted for $2, is held by $(machine holder "$1")" \
    "end that process, or choose another port: $3=<port>"
}

# spawn NAME PORT COMMAND...: in the background, in a session of its own, without our lock.
spawn() {
  local name=$1 port=$2 pid
  shift 2
  make_dirs
  : >"$(log_file "$name")" # at once: who waits for a line must not find that of an earlier process
  env "$(marker "$name")" "$PYTHON" -I "$LIB/machine.py" spawn "$@" \
    </dev/null >>"$(log_file "$name")" 2>&1 9>&- &
  pid=$!
  disown "$pid"
  printf '%s %s %s\n' "$pid" "$(started_at "$pid")" "$port" >"$(pid_file "$name")"
}

# Waits for a process to leave; bounded in tenths of a second.
gone_within() {
  local name=$1 tenths=$2
  while ((tenths-- > 0)); do
    alive "$name" || return 0
    sleep 0.1
  done
  return 1
}

# Children may outlive their leader (kill -9 of npm leaves node); they are known by the marker they inherited.
end_remains() {
  local pids
  read -ra pids <<<"$(machine remains "$PART_PID" "$(marker "$1")")"
  ((${#pids[@]} == 0)) || kill -KILL "${pids[@]}" 2>/dev/null || true
}

# stop NAME: first TERM, then KILL, for the whole tree. A stale file is removed and nobody is signalled.
stop() {
  if alive "$1"; then
    kill -TERM -- "-$PART_PID" 2>/dev/null || kill -TERM "$PART_PID" 2>/dev/null || true
    gone_within "$1" "${STOP_TENTHS:-80}" || kill -KILL -- "-$PART_PID" 2>/dev/null || true
    gone_within "$1" 30 || true
  fi
  if recorded "$1"; then end_remains "$1"; fi
  rm -f "$(pid_file "$1")"
}

# wait_until NAME SECONDS COMMAND...: until COMMAND succeeds; at once false when the process is gone.
wait_until() {
  local name=$1 deadline=$((SECONDS + $2))
  shift 2
  until "$@"; do
    alive "$name" || return 1
    ((SECONDS < deadline)) || return 1
    sleep 0.2
  done
}

show_tail() {
  printf '%s\n' "--- last lines of $1 ---" >&2
  tail -n 25 "$1" >&2 || true
  printf '%s\n' "---" >&2
}
