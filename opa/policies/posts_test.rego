# Posts by caller, ownership and status, both ways.
package fmweb.posts_test

import data.actions.posts
import data.fmweb
import data.fmweb.people_test as people

changes := {"posts.archive", "posts.edit", "posts.rename", "posts.restore", "posts.submit", "posts.unpublish"}

statuses := ["draft", "in-review", "published", "archived"]

everyone := people.ids(people.everyone)

allowed(action, resource) := {caller.id |
	some caller in people.everyone
	fmweb.allow with input as {"caller": caller, "action": action, "resource": resource}
}

post(owner, status) := {"type": "post", "owner": owner, "status": status}

test_lists_are_open_and_queues_are_the_editors if {
	allowed("posts.list", {"type": "post"}) == everyone
	allowed("posts.queue", {"type": "post"}) == {"e", "a"}
	allowed("posts.create", {"type": "post"}) == {"e", "a"}
}

test_what_is_published_is_everyones_to_read if {
	allowed("posts.read", post("o", "published")) == everyone
}

test_anything_else_is_read_by_its_owner_and_the_editors if {
	every status in ["draft", "in-review", "archived"] {
		allowed("posts.read", post("o", status)) == {"e", "a"}
		allowed("posts.read", post("v", status)) == {"v", "e", "a"}
		allowed("posts.read", post("p", status)) == {"p", "e", "a"}
	}
}

test_former_texts_are_never_everyones if {
	every status in statuses {
		allowed("posts.history", post("o", status)) == {"e", "a"}
		allowed("posts.history", post("v", status)) == {"v", "e", "a"}
	}
}

test_drafts_are_their_owners if {
	every action in changes {
		allowed(action, post("o", "draft")) == {"a"}
		allowed(action, post("v", "draft")) == {"v", "a"}
		allowed(action, post("p", "draft")) == {"p", "a"}
		allowed(action, post("e", "draft")) == {"e", "a"}
	}
}

test_from_review_on_they_are_the_editors if {
	every action in changes - {"posts.unpublish"} {
		every status in ["in-review", "published", "archived"] {
			allowed(action, post("o", status)) == {"e", "a"}
			allowed(action, post("v", status)) == {"e", "a"}
		}
	}
}

test_the_owner_withdraws_from_review_alone if {
	allowed("posts.unpublish", post("v", "in-review")) == {"v", "e", "a"}
	allowed("posts.unpublish", post("o", "in-review")) == {"e", "a"}
	allowed("posts.unpublish", post("v", "published")) == {"e", "a"}
	allowed("posts.unpublish", post("v", "archived")) == {"e", "a"}
}

test_editors_publish if {
	every status in statuses {
		allowed("posts.publish", post("v", status)) == {"e", "a"}
	}
}

test_admins_delete_and_owners_their_drafts if {
	allowed("posts.delete", post("v", "draft")) == {"v", "a"}
	allowed("posts.delete", post("e", "draft")) == {"e", "a"}
	every status in ["in-review", "published", "archived"] {
		allowed("posts.delete", post("v", status)) == {"a"}
		allowed("posts.delete", post("e", status)) == {"a"}
	}
}

test_views_count_when_published if {
	allowed("posts.view", post("v", "published")) == everyone
	every status in ["draft", "in-review", "archived"] {
		allowed("posts.view", post("v", status)) == set()
	}
}

test_missing_and_odd_facts_open_nothing if {
	every resource in [
		{"type": "post"},
		{"type": "post", "owner": "v"},
		{"type": "post", "owner": "v", "status": null},
		{"type": "post", "owner": "v", "status": "DRAFT"},
		{"type": "post", "owner": "v", "status": ["draft"]},
		{"type": "post", "owner": "v", "status": {"draft": true}},
		{"type": "post", "owner": "", "status": "draft"},
		{"type": "post", "owner": null, "status": "draft"},
		{"type": "post", "status": "draft"},
		{"type": "session", "owner": "v", "status": "draft"},
		{"owner": "v", "status": "draft"},
		{},
		null,
		"post",
		["draft"],
	] {
		every action in changes | {"posts.delete"} {
			allowed(action, resource) == {"a"}
		}
		allowed("posts.view", resource) == set()
	}
	every resource in [{"type": "session", "status": "published"}, {"status": "published"}, {}, null] {
		allowed("posts.read", resource) == {"e", "a"}
	}
}

test_without_a_resource_only_what_needs_none if {
	every action in changes | {"posts.delete"} {
		fmweb.allow == false with input as {"caller": people.editor, "action": action}
		fmweb.allow with input as {"caller": people.admin, "action": action}
	}
}

all_statuses := ["archived", "draft", "in-review", "published"]

test_lists_show_editors_and_admins_everything if {
	every caller in [people.editor, people.admin] {
		posts.visible == all_statuses with input as {"caller": caller, "resource": {"type": "post"}}
		posts.visible == all_statuses with input as {"caller": caller, "resource": {"type": "post", "owner": "o"}}
	}
}

test_lists_show_authors_all_of_their_own if {
	every caller in [people.plain, people.viewer] {
		posts.visible == all_statuses with input as {"caller": caller, "resource": {"type": "post", "owner": caller.id}}
	}
}

test_lists_show_all_others_what_is_published if {
	every caller in [people.anonymous, people.plain, people.viewer] {
		every resource in [{"type": "post"}, {"type": "post", "owner": "o"}, {"type": "post", "owner": ""}, {"type": "post", "owner": null}, null] {
			posts.visible == ["published"] with input as {"caller": caller, "resource": resource}
		}
	}
	posts.visible == ["published"]
	every odd in [{}, [], "", null, 1] {
		posts.visible == ["published"] with input as odd
	}
	posts.visible == ["published"] with input as {"caller": {"id": "", "roles": [], "known": true}, "resource": {"owner": ""}}
}

test_the_answer_is_false_and_never_undefined if {
	posts.allow == false
	every odd in [{}, [], "", null, 1, {"action": null}] {
		posts.allow == false with input as odd
	}
}
