# The rules that every release is held to, in Rego. The gate of AgentNexus has them built in, and asks a policy of yours in addition;
# this file says the same, to be read, tried and taken as a beginning.
#
# The input holds verified statements only (docs/release-policy.md). What they do not say is a denial.
package agentnexus.release

type_provenance := "https://slsa.dev/provenance/v1"

type_test_result := "https://in-toto.io/attestation/test-result/v0.1"

type_vulnerabilities := "https://in-toto.io/attestation/vulns/v0.2"

# Names the product as a whole among the subjects of a statement.
whole_product := ".agentnexus/product.json"

default allow := false

allow if {
	input.apiVersion == "agentnexus.dev/release-input/v1"
	is_array(input.product.files)
	is_array(input.statements)
	count(deny) == 0
}

deny contains {"id": "product", "msg": "there is no product"} if {
	count(input.product.files) == 0
}

# No test result may be anything but passed.
deny contains {"id": "test-result", "msg": sprintf("%s: %s", [statement.name, fault_of(statement.predicate)])} if {
	some statement in statements_of(type_test_result)
	not passed(statement.predicate)
}

# No product has to be scanned; what a scan has found at or above its threshold does not leave.
deny contains {"id": "vulnerability", "msg": sprintf("%s: %s%s is %s", [statement.name, id_of(found), place_of(found), level_of(found)])} if {
	some statement in statements_of(type_vulnerabilities)
	some found in statement.predicate.scanner.result
	reaches(level_of(found), object.get(statement.predicate, threshold, "critical"))
}

deny contains {"id": "vulnerability", "msg": sprintf("%s: the scan lists no result", [statement.name])} if {
	some statement in statements_of(type_vulnerabilities)
	not is_array(object.get(statement.predicate, ["scanner", "result"], null))
}

# Every file has a known origin, unless it is as it was before.
deny contains {"id": "provenance", "path": file.path, "msg": sprintf("%s: no provenance for this content", [file.path])} if {
	some file in new_files
	not file.path in made
}

# Code and tests are covered by a test that passed.
deny contains {"id": "tested", "path": file.path, "msg": sprintf("%s: no passed test result for this content", [file.path])} if {
	some file in new_files
	file.type != "analysis"
	not file.path in tested
}

# Where something that runs was taken away, the rest was tested without it.
deny contains {"id": "reduced", "msg": "no passed test result for what is left after files were removed"} if {
	some file in input.base.files
	file.type != "analysis"
	not product_files[file.path]
	not tested_whole
}

product_files := {file.path: file | some file in input.product.files}

base_files := {file.path: file | some file in input.base.files}

new_files contains file if {
	some file in input.product.files
	not as_before(file)
}

as_before(file) if {
	before := base_files[file.path]
	before.digest == file.digest
	before.executable == file.executable
}

statements_of(kind) := {{"name": each.name, "subject": each.statement.subject, "predicate": each.statement.predicate} |
	some each in input.statements
	each.statement.predicateType == kind
}

made contains path if {
	some statement in statements_of(type_provenance)
	some path in subjects_in_product(statement)
}

tested contains path if {
	some statement in statements_of(type_test_result)
	passed(statement.predicate)
	some path in subjects_in_product(statement)
}

tested_whole if {
	some statement in statements_of(type_test_result)
	passed(statement.predicate)
	some subject in statement.subject
	subject.name == whole_product
	concat(":", ["sha256", subject.digest.sha256]) == input.product.digest
}

# A statement is about a content, and not about whatever now lies at its path.
subjects_in_product(statement) := {subject.name |
	some subject in statement.subject
	concat(":", ["sha256", subject.digest.sha256]) == product_files[subject.name].digest
}

# A suite that ran nothing has shown nothing, whatever it calls its result.
passed(predicate) if {
	predicate.result == "PASSED"
	predicate.failedTests == []
	is_array(predicate.passedTests)
	count(predicate.passedTests) > 0
}

fault_of(predicate) := "no test was run" if {
	predicate.result == "PASSED"
	predicate.failedTests == []
} else := sprintf("the test result is %s%s", [json.marshal(result_of(predicate)), failures(predicate)])

result_of(predicate) := predicate.result if {
	predicate.result != null
} else := "missing"

failures(predicate) := ", 1 failed test" if {
	is_array(predicate.failedTests)
	count(predicate.failedTests) == 1
} else := sprintf(", %d failed tests", [count(predicate.failedTests)]) if {
	is_array(predicate.failedTests)
	count(predicate.failedTests) > 1
} else := ""

# From which level on a finding is a denial; `none`: none is.
threshold := "https://agentnexus.dev/attestations/vulns/threshold"

ranks := {"low": 0, "medium": 1, "high": 2, "critical": 3}

# What is not known counts as the worst, and so does a threshold that is none.
reaches("unknown", at) if at != "none"

reaches(level, at) if {
	at != "none"
	ranks[level] >= object.get(ranks, at, -1)
}

level_of(found) := [said.score | some said in found.severity; said.method == "level"][0] if {
	ranks[[said.score | some said in found.severity; said.method == "level"][0]]
} else := "unknown"

id_of(found) := found.id if {
	is_string(found.id)
} else := "a vulnerability without an id"

place_of(found) := sprintf(" in %s", [found.annotations[0]["package"]]) if {
	is_string(found.annotations[0]["package"])
} else := ""
