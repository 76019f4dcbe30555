# METADATA
# title: Callers
# description: >-
#   Who the caller is, as far as it can be relied on: nobody is known without an identity, and
#   only the roles of this service count. Knows no action.
package fmweb.callers

known if {
	input.caller.known == true
	is_string(input.caller.id)
	input.caller.id != ""
}

roles contains role if {
	known
	is_array(input.caller.roles)
	some role in input.caller.roles
	role in data.roles
}

groups contains "anyone"

groups contains "known" if known

groups contains role if some role in roles

# METADATA
# description: Whether a grant names a group that the caller belongs to.
among(grant) if {
	some group in grant
	group in groups
}

# METADATA
# description: Whether the resource is of the type, and the caller its owner.
owns(type) if {
	known
	input.resource.type == type
	input.resource.owner == input.caller.id
}
