import type { Answer, ApiRig } from "./api-rig.ts";

/** As much of a browser as the pages need: cookies, forms, and the token in them. */
export interface Browser {
  readonly setCookie: string;
  /** Where signing in led to. */
  readonly landedAt: string;
  get(path: string): Promise<Answer>;
  /** Sends a form with the token that the pages of this session carry. */
  post(
    path: string,
    fields: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
}

export async function signIn(
  rig: ApiRig,
  key: string,
  { back }: { readonly back?: string } = {},
): Promise<Browser> {
  const signed = await rig.post("/sign-in", {
    key: "",
    ...formOf({ api_key: key, ...(back === undefined ? {} : { back }) }),
  });
  const jar = new Map<string, string>();
  const remember = (answer: Answer) => {
    for (const cookie of answer.headers.getSetCookie()) {
      const [name = "", value = ""] = cookie.split(";")[0]?.split("=") ?? [];
      if (value === "") jar.delete(name);
      else jar.set(name, value);
    }
  };
  remember(signed);
  const cookies = () => ({
    Cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; "),
  });
  const get = async (path: string) => {
    const answer = await rig.get(path, { key: "", headers: cookies() });
    remember(answer);
    return answer;
  };
  const token = /name="csrf_token" value="([^"]+)"/.exec((await get("/orders")).text)?.[1] ?? "";
  return {
    setCookie: signed.headers.get("set-cookie") ?? "",
    landedAt: signed.headers.get("location") ?? "",
    get,
    async post(path, fields, headers = {}) {
      const form = formOf({ csrf_token: token, ...fields });
      const answer = await rig.post(path, {
        key: "",
        body: form.body,
        headers: { ...form.headers, ...cookies(), ...headers },
      });
      remember(answer);
      return answer;
    },
  };
}

/** A form as a browser sends it. */
export function formOf(fields: Readonly<Record<string, string>>) {
  return {
    body: new URLSearchParams(fields).toString(),
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
  };
}
