# METADATA
# title: Users
# description: Accounts are administered by administrators alone; the name is its own user's.
package actions.users

import data.fmweb.callers

default allow := false

allow if callers.among(data.grants.users[input.action])
