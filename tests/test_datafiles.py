from petri.datafiles import rubric_files, scenario_files


def test_the_built_in_files_are_found_by_name() -> None:
    assert {"sycophancy", "deception", "sabotage"} <= rubric_files().keys()
    assert "quickstart" in scenario_files()
    for name, path in (scenario_files() | rubric_files()).items():
        assert (path.name, path.is_file()) == (f"{name}.yaml", True)
