"""The ports of the stand-ins: told to other processes for as long as the stand-ins run, and no longer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from briefings.sandbox.ports import running_ports
from briefings.sandbox.run import StandIns


def test_many_who_look_at_once_are_not_taken_for_stand_ins_that_run(tmp_path: Path) -> None:
    with StandIns(tmp_path) as stand_ins:
        running = running_ports(tmp_path), (stand_ins.smtp_port, stand_ins.x_port)

    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(lambda _: running_ports(tmp_path), range(4000)))

    assert running[0] == running[1]
    assert found == {None}


def test_stand_ins_start_while_others_look(tmp_path: Path) -> None:
    with StandIns(tmp_path):
        pass
    with ThreadPoolExecutor(1) as pool:
        looking = pool.submit(lambda: [running_ports(tmp_path) for _ in range(2000)])

        with StandIns(tmp_path) as stand_ins:
            ports = running_ports(tmp_path)

        looking.result()
    assert ports == (stand_ins.smtp_port, stand_ins.x_port)
