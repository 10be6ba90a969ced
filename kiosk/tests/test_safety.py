from __future__ import annotations

import subprocess
import sys

import pytest

from cordee_kiosk import safety
from cordee_kiosk.config import Config
from cordee_kiosk.safety import Process, Unsafe, faults, require_safe_start

ROOT = Process(uid=0, pid=41)
KIOSK = Process(uid=1000, pid=41)
SERVICE_OF_ROOT = Process(uid=0, pid=41, environment={"SYSTEMD_EXEC_PID": "41"})
CHILD_OF_A_SERVICE = Process(uid=0, pid=41, environment={"SYSTEMD_EXEC_PID": "7"})
OPEN = Config(no_sandbox=True)


@pytest.mark.parametrize("process", [ROOT, KIOSK, SERVICE_OF_ROOT])
def test_sandbox_is_on_by_default(process: Process) -> None:
    assert faults(Config()) == []
    require_safe_start(Config(), process)


def test_deploy_check_refuses_the_switch_in_words() -> None:
    assert faults(OPEN) == [safety.NO_SANDBOX]


@pytest.mark.parametrize("process", [KIOSK, SERVICE_OF_ROOT])
def test_daemon_does_not_start_without_the_sandbox(process: Process) -> None:
    with pytest.raises(Unsafe, match="bac à sable"):
        require_safe_start(OPEN, process)


@pytest.mark.parametrize("process", [ROOT, CHILD_OF_A_SERVICE])
def test_tests_as_root_may_turn_it_off(process: Process) -> None:
    require_safe_start(OPEN, process)


@pytest.mark.parametrize("process", [ROOT, KIOSK])
def test_server_in_clear_is_refused_but_for_this_machine(process: Process) -> None:
    with pytest.raises(Unsafe, match="https://"):
        require_safe_start(Config(server="http://cordee.exemple.fr"), process)
    require_safe_start(Config(server="http://127.0.0.1:8000"), process)
    require_safe_start(Config(server="https://cordee.exemple.fr"), process)


@pytest.mark.parametrize("flag", ["--no-sandbox", "--remote-debugging-port=9222"])
@pytest.mark.parametrize("process", [ROOT, KIOSK])
def test_flags_that_open_chromium_are_refused_to_all(flag: str, process: Process) -> None:
    config = Config(chromium_flags=["--disable-gpu", flag], no_sandbox=process.uid == 0)
    with pytest.raises(Unsafe, match=flag.partition("=")[0]):
        require_safe_start(config, process)


def test_no_process_leaves_its_memory_on_the_disk() -> None:
    code = (
        "import subprocess; from cordee_kiosk import safety; "
        "safety.keep_no_memory(); "
        "print(subprocess.check_output(['sh', '-c', 'ulimit -H -c'], text=True).strip())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "0\n"
