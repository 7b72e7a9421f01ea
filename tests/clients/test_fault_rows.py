"""The faults that a run has to bear, by their numbers, and the tests that drive each of them."""

import ast
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Final

import pytest

TESTS: Final = Path(__file__).parents[1]
WIRE: Final = "clients/test_fault_rows_wire.py::test_a_fault_of_the_wire"
COUNTED: Final = "clients/test_fault_rows_wire.py::test_every_audit_is_counted_and_no_half_of_a_reply_is_kept"
RUNS: Final = "clients/test_fault_rows_runs.py::"
LIMITS: Final = "clients/test_limits_of_a_run.py::"
FAULTS: Final = "clients/test_provider_faults.py::"
RETRYING: Final = "clients/test_retrying.py::"
BURST: Final = f"{RUNS}test_a_burst_shrinks_what_is_sent_at_a_time_once_and_only_for_a_rate_limit"
CAP: Final = f"{LIMITS}test_at_a_concurrency_of_64_a_cap_is_not_passed"

WANTED: Final = [
    f"F{number:02}" for number in chain(range(1, 11), range(26, 35), range(36, 42), range(44, 49))
]
ROWS: Final[Mapping[str, Sequence[str]]] = {
    # A rate limit, with every form of Retry-After.
    "F01": [
        WIRE,
        BURST,
        f"{RETRYING}test_what_one_role_is_asked_to_wait_all_roles_of_the_model_wait",
        f"{RETRYING}test_it_is_waited_for_and_little_more",
        f"{RETRYING}test_what_cannot_be_meant_is_not_waited_for",
        f"{FAULTS}test_a_provider_is_left_alone_for_as_long_as_it_asks",
    ],
    # A storm of refusals.
    "F02": [f"{RUNS}test_f02_nothing_is_lost_in_a_storm_of_refusals"],
    # A server that fails or is overloaded, also in the middle of a stream.
    "F03": [WIRE, BURST, f"{RETRYING}test_only_a_rate_limit_shrinks_what_is_sent_at_a_time"],
    # A key, a name, a quota or a request that is wrong.
    "F04": [
        WIRE,
        f"{LIMITS}test_what_cannot_pass_ends_the_run_before_the_second_audit",
        f"{LIMITS}test_a_judge_that_cannot_be_reached_is_asked_once_for_all_transcripts",
        f"{FAULTS}test_what_only_a_person_can_mend_is_not_tried_again_and_says_how",
        "test_preflight.py::test_what_cannot_pass_is_found_by_one_small_call_of_each_model",
    ],
    # A name that is not known, a closed port, TLS, a proxy.
    "F05": ["clients/test_fault_rows_wire.py::test_f05_a_server_that_cannot_be_reached"],
    # A connection that is reset or cut off at any point.
    "F06": [WIRE, COUNTED, f"{FAULTS}test_a_connection_that_is_reset_in_mid_answer"],
    # A server that drips, falls silent, or says nothing at all.
    "F07": [WIRE, f"{RETRYING}test_an_attempt_in_a_queue_has_its_own_clock"],
    # A reply with status 200 that cannot be read.
    "F08": [
        WIRE,
        f"{FAULTS}test_how_often_a_provider_is_asked",
        f"{FAULTS}test_what_becomes_of_the_audit",
        f"{FAULTS}test_whoever_meets_a_page_in_place_of_a_reply_is_asked_again",
    ],
    # A reply that is hollow, or of a kind that nobody knows.
    "F09": [
        WIRE,
        f"{FAULTS}test_what_becomes_of_the_audit",
        "clients/test_awkward.py::test_a_target_that_says_nothing_or_half_a_character",
    ],
    # Usage that is missing or cannot be meant.
    "F10": [
        "clients/test_fault_rows_wire.py::test_usage_that_cannot_be_meant_is_not_counted",
        f"{RETRYING}test_each_attempt_is_counted_for_what_it_can_have_cost",
    ],
    # A judge that is down for the whole run.
    "F26": [f"{RUNS}test_f26_a_judge_that_is_down_costs_no_transcript_and_gives_no_score"],
    # A process that is killed.
    "F27": [
        "crash/test_stops.py::test_killed_and_resumed",
        "audit/test_replay.py::test_cut_anywhere_it_goes_on_to_the_same_end",
    ],
    # One that is killed while it resumes.
    "F28": [
        "crash/test_stops.py::test_killed_and_resumed",
        "resuming/test_again.py::test_a_resumed_run_is_stopped_and_resumed",
        "transcript/test_killed.py::test_a_recovered_log_beside_the_killed_one",
    ],
    # Signals, a closed terminal, a broken pipe.
    "F29": [
        "crash/test_stops.py::test_interrupted_and_resumed",
        "test_stopping.py::test_a_signal_holds_the_next_call_and_cancels_when_all_are_held",
        "test_stopping.py::test_a_second_signal_stops_at_once",
        "test_stopping.py::test_a_terminal_that_is_gone_does_not_keep_a_run_from_stopping",
        "cli/test_main.py::test_a_closed_pipe_is_no_fault",
    ],
    # A full disk.
    "F30": [
        "test_stopping.py::test_a_disk_that_is_almost_full_holds_every_call",
        "test_stopping.py::test_a_full_disk_is_said_as_such",
        "cli/test_main.py::test_a_full_disk_is_no_fault_of_ours",
    ],
    # A folder for runs that cannot be used, or goes away.
    "F31": [
        "test_preflight.py::test_the_folder_for_runs",
        "test_preflight.py::test_a_folder_that_may_not_be_written_to",
        "test_preflight.py::test_a_disk_that_is_almost_full",
        f"{RUNS}test_f31_a_folder_that_is_removed_in_mid_run_costs_no_more_than_what_was_being_written",
    ],
    # A sample buffer (SQLite) that is damaged.
    "F32": [f"{RUNS}test_f32_a_sample_buffer_that_is_damaged_costs_only_what_was_in_it"],
    # Two processes on one run.
    "F33": [
        "resuming/test_again.py::test_two_processes_do_not_write_one_run",
        "resuming/test_again.py::test_a_lock_that_says_nothing",
    ],
    # A clock that jumps.
    "F34": [f"{RUNS}test_f34_a_clock_that_jumps_ends_nothing"],
    # A scenario, rubric or prompt that has changed since.
    "F36": [
        "resuming/test_again.py::test_what_has_changed_is_refused",
        "resuming/test_again.py::test_a_prompt_that_has_changed_is_refused",
    ],
    # Scenarios in another order, or with ids that meet.
    "F37": [
        "test_plan.py::test_ids_stay_when_this_changes",
        "test_plan.py::test_one_audit_planned_twice",
        "scenario/test_faults.py::test_the_form_of_a_file",
    ],
    # More epochs or targets, or fewer.
    "F38": [
        "resuming/test_again.py::test_epochs_and_targets_are_added",
        "test_plan.py::test_more_epochs_keep_the_first_ids",
    ],
    # A cache: there is none.
    "F39": [
        f"{RUNS}test_f39_the_same_call_costs_no_more_than_what_was_being_written_and_nothing_is_taken_from_a_cache"
    ],
    # One that fails and one that hangs among many.
    "F40": [f"{RUNS}test_f40_one_that_fails_and_one_that_hangs_cost_nobody_else"],
    # One audit that somebody cancels.
    "F41": ["transcript/test_outcome.py::test_outcome"],
    # Hashes, workers, and the order in which audits end.
    "F44": [f"{RUNS}test_f44_neither_hashes_nor_workers_nor_their_order_change_the_numbers"],
    # No network: no test has any.
    "F45": [
        "test_conftest.py::test_reaching_out_fails_the_test",
        "test_conftest.py::test_a_child_process_cannot_call_out",
    ],
    # Loops of retries inside of each other.
    "F46": [
        WIRE,
        f"{RETRYING}test_a_provider_is_asked_as_often_as_is_set_and_no_more",
        f"{FAULTS}test_how_often_a_provider_is_asked",
    ],
    # A cap on cost, tokens or time.
    "F47": [
        CAP,
        f"{LIMITS}test_judging_again_does_not_pass_a_cap",
        f"{LIMITS}test_time_ends_the_audits_and_they_are_judged",
        "budget/test_ledger.py::test_a_cap_is_never_passed_whatever_is_under_way",
    ],
    # Nothing, or one thing, to take a mean of.
    "F48": ["analysis/test_stats.py::test_mean", "analysis/test_summary.py::test_interval"],
}


@cache
def _functions(file: str) -> frozenset[str]:
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("row", WANTED)
def test_a_row_is_driven_by_tests_that_there_are(row: str) -> None:
    for test in ROWS[row]:
        file, _, name = test.partition("::")
        assert name in _functions(file), test


def test_every_row_is_there_and_no_other() -> None:
    assert list(ROWS) == WANTED
    assert all(ROWS.values())
