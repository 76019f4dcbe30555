# METADATA
# title: The audit log
# description: Who did what is shown to administrators alone. There is no action that changes it.
package actions.audit

import data.fmweb.callers

default allow := false

allow if callers.among(data.grants.audit[input.action])
