# METADATA
# title: Probes
# description: Whether the service lives and is ready is no secret.
package actions.probes

import data.fmweb.callers

default allow := false

allow if callers.among(data.grants.probes[input.action])
