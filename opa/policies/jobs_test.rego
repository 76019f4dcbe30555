# Jobs are the administrators', whoever asked for them.
package fmweb.jobs_test

import data.actions.jobs
import data.fmweb
import data.fmweb.people_test as people

allowed(action, resource) := {caller.id |
	some caller in people.everyone
	fmweb.allow with input as {"caller": caller, "action": action, "resource": resource}
}

test_admins_alone if {
	every action in ["jobs.cancel", "jobs.export", "jobs.import", "jobs.list", "jobs.read", "jobs.start"] {
		every resource in [{"type": "job"}, {"type": "job", "owner": "e"}, {"type": "none"}, {}] {
			allowed(action, resource) == {"a"}
		}
	}
}

test_nobody_does_what_is_unheard_of if {
	allowed("jobs.repeat", {"type": "job"}) == set()
	allowed("jobs.", {"type": "job"}) == set()
}

test_the_answer_is_false_and_never_undefined if {
	jobs.allow == false
	every odd in [{}, [], "", null, 1, {"action": null}] {
		jobs.allow == false with input as odd
	}
}
