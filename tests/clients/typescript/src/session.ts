// Signing in and out. The tokens are in cookies, which no program reads.

import { type Api, done, opened, type Schemas } from "./api.ts";
import { type Kept, note } from "./renewal.ts";

/** Throws when the account must choose a lasting password first. */
export async function signIn(api: Api, kept: Kept, email: string, password: string): Promise<Schemas["UserOut"]> {
  const answer = opened(await api.POST("/v1/auth/login", { body: { email, password } }));
  switch (answer.status) {
    case "signed-in":
      note(kept, answer);
      return answer.user;
    case "new-password-required":
      throw new Error(`${email} has a temporary password: answer ${answer.challenge.slice(0, 8)}…`);
  }
}

/** Whose cookies these are; a token of development is no account's. */
export async function whoAmI(api: Api): Promise<Schemas["UserOut"] | null> {
  return opened(await api.GET("/v1/auth/me")).user;
}

export async function signOut(api: Api, kept: Kept): Promise<void> {
  done(await api.POST("/v1/auth/logout"));
  kept.until = null;
}
