// What people are told of a failure. The compiler knows the codes: a wrong one is an error here.
import { ApiProblem } from "./api.js";
import { Changed } from "./posts.js";
const SIGN_IN_AGAIN = new Set(["credentials-missing", "credentials-wrong", "session-ended"]);
const LATER = new Set(["busy", "unavailable", "too-many-requests"]);
export function inWords(error) {
    if (error instanceof Changed)
        return "Someone else changed it meanwhile. Choose which text stays.";
    if (!(error instanceof ApiProblem))
        return "The page has a fault.";
    if (SIGN_IN_AGAIN.has(error.code))
        return "Sign in again.";
    if (LATER.has(error.code))
        return "Try again in a moment.";
    switch (error.code) {
        case "forbidden":
            return "Your role may not do that.";
        case "not-found":
            return "There is no such page.";
        case "taken":
            return "That name is taken; choose another.";
        case "unprocessable":
            return error.details.map((each) => `${each.location}: ${each.message}`).join("\n");
        default:
            return `Report ${error.traceId} (${error.code}).`;
    }
}
