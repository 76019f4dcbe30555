# Who makes, sees and ends previews: the same callers who read a post's history.
package fmweb.previews_test

import data.actions.previews
import data.fmweb
import data.fmweb.people_test as people

actions := {"previews.create", "previews.list", "previews.revoke"}

allowed(action, resource) := {caller.id |
	some caller in people.everyone
	fmweb.allow with input as {"caller": caller, "action": action, "resource": resource}
}

test_they_are_made_seen_and_ended_by_those_who_read_the_history if {
	every action in actions {
		every status in ["draft", "in-review", "published", "archived"] {
			every owner in ["o", "p", "v", "e", "a"] {
				post := {"type": "post", "owner": owner, "status": status}
				allowed(action, post) == allowed("posts.history", post)
			}
		}
	}
}

test_anyone_with_a_token_reads if {
	allowed("previews.read", {"type": "none"}) == people.ids(people.everyone)
}

test_missing_and_odd_facts_open_nothing if {
	every resource in [{"type": "post"}, {"type": "post", "owner": ""}, {"type": "media", "owner": "v"}, {"owner": "v"}, {}, null, "post"] {
		every action in actions {
			allowed(action, resource) == {"e", "a"}
		}
	}
}

test_owners_do_nothing_unheard_of if {
	allowed("previews.unheard-of", {"type": "post", "owner": "v"}) == set()
	allowed("previews.", {"type": "post", "owner": "v"}) == set()
}

test_the_answer_is_false_and_never_undefined if {
	previews.allow == false
	every odd in [{}, [], "", null, 1, {"action": null}] {
		previews.allow == false with input as odd
	}
}
