package agentnexus.release_test

import data.agentnexus.release

code := {"path": "a.js", "digest": "sha256:aa", "type": "code", "executable": false}

notes := {"path": "README.md", "digest": "sha256:bb", "type": "analysis", "executable": false}

subjects := [{"name": "a.js", "digest": {"sha256": "aa"}}, {"name": "README.md", "digest": {"sha256": "bb"}}]

whole := {"name": ".agentnexus/product.json", "digest": {"sha256": "cc"}}

origin := {"name": "a.provenance", "statement": {"predicateType": release.type_provenance, "subject": subjects, "predicate": {}}}

tests_with(predicate) := {"name": "a.tests", "statement": {
	"predicateType": release.type_test_result,
	"subject": array.concat(subjects, [whole]),
	"predicate": predicate,
}}

passed := tests_with({"result": "PASSED", "passedTests": ["it works"], "failedTests": []})

input_with(files, statements) := {
	"apiVersion": "agentnexus.dev/release-input/v1",
	"product": {"digest": "sha256:cc", "files": files},
	"statements": statements,
}

messages := {finding.msg | some finding in release.deny}

test_proven_and_tested_product_may_leave if {
	release.allow with input as input_with([code, notes], [origin, passed])
}

test_no_product if {
	not release.allow with input as input_with([], [origin, passed])
	messages == {"there is no product"} with input as input_with([], [origin, passed])
}

test_nothing_said_is_a_denial if {
	not release.allow with input as {}
	not release.allow with input as null
	not release.allow with input as input_with([code], "none")
}

test_unknown_version_of_the_input if {
	not release.allow with input as object.union(input_with([code, notes], [origin, passed]), {"apiVersion": "v9"})
}

test_no_provenance if {
	messages == {
		"README.md: no provenance for this content",
		"a.js: no provenance for this content",
	} with input as input_with([code, notes], [passed])
}

test_documents_need_no_test if {
	messages == {"a.js: no passed test result for this content"} with input as input_with([code, notes], [origin])
}

test_other_content_is_not_proven if {
	changed := object.union(notes, {"digest": "sha256:ff"})
	messages == {"README.md: no provenance for this content"} with input as input_with([code, changed], [origin, passed])
}

test_failed_tests if {
	failed := tests_with({"result": "FAILED", "passedTests": [], "failedTests": ["one", "two"]})
	messages == {
		"a.tests: the test result is \"FAILED\", 2 failed tests",
		"a.js: no passed test result for this content",
	} with input as input_with([code, notes], [origin, failed])
}

test_suite_that_ran_nothing if {
	empty := tests_with({"result": "PASSED", "passedTests": [], "failedTests": []})
	messages == {
		"a.tests: no test was run",
		"a.js: no passed test result for this content",
	} with input as input_with([code, notes], [origin, empty])
}

test_result_that_says_nothing if {
	silent := tests_with({})
	"a.tests: the test result is \"missing\"" in messages with input as input_with([code, notes], [origin, silent])
}

test_what_was_there_before_needs_no_proof if {
	before := object.union(input_with([code, notes], []), {"base": {"files": [code, notes]}})
	release.allow with input as before
}

test_changed_mode_is_a_change if {
	changed := object.union(code, {"executable": true})
	after := object.union(input_with([changed], []), {"base": {"files": [code]}})
	not release.allow with input as after
}

test_removed_code_is_tested_without if {
	gone := {"path": "b.js", "digest": "sha256:dd", "type": "code", "executable": false}
	untested := object.union(input_with([notes], [origin]), {"base": {"files": [notes, gone]}})
	messages == {"no passed test result for what is left after files were removed"} with input as untested
	retested := object.union(input_with([notes], [origin, passed]), {"base": {"files": [notes, gone]}})
	release.allow with input as retested
}

test_removed_document_needs_no_test if {
	after := object.union(input_with([code], []), {"base": {"files": [code, notes]}})
	release.allow with input as after
}

scan_of(found, at) := {"name": "gate.vulnerabilities", "statement": {
	"predicateType": release.type_vulnerabilities,
	"subject": subjects,
	"predicate": {"scanner": {"result": found}, release.threshold: at},
}}

rated(id, level) := {"id": id, "severity": [{"method": "level", "score": level}], "annotations": [{"package": "npm/a@1"}]}

test_no_scan_is_asked_for if {
	release.allow with input as input_with([code, notes], [origin, passed, scan_of([], "critical")])
}

test_what_reaches_the_threshold_does_not_leave if {
	found := [rated("GHSA-1", "high"), rated("GHSA-2", "medium"), rated("GHSA-3", "unknown")]
	release.allow with input as input_with([code, notes], [origin, passed, scan_of(found, "none")])
	messages == {
		"gate.vulnerabilities: GHSA-1 in npm/a@1 is high",
		"gate.vulnerabilities: GHSA-3 in npm/a@1 is unknown",
	} with input as input_with([code, notes], [origin, passed, scan_of(found, "high")])
}

test_a_scan_without_a_result_is_a_denial if {
	messages == {"gate.vulnerabilities: the scan lists no result"} with input as input_with(
		[code, notes],
		[origin, passed, scan_of("not scanned", "critical")],
	)
}
