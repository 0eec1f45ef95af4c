import { request } from "node:https";
import { type RoleCredentials, SecretStore } from "../../rehearsal/secret-store";
import { describeWith } from "../support/needs";

const REGION = "us-west-2";
const role: RoleCredentials = { AccessKeyId: "ASIAROLE", SecretAccessKey: "key", Token: "token" };

interface Question {
  readonly target?: string;
  readonly body?: object;
  readonly host?: string;
  readonly accessKey?: string;
  readonly token?: string;
  readonly time?: Date;
  readonly timeout?: number;
}

describeWith(["moto"], "the store of secrets", () => {
  let store: SecretStore;

  beforeAll(async () => {
    store = await SecretStore.start({ region: REGION, role, address: "127.0.0.1", port: 0 });
  }, 60_000);
  afterEach(() => (store.failure = undefined));
  afterAll(() => store.close());

  /** Asks as an instance does; `service` and the rest may differ from what it sends. */
  function ask(service: string, question: Question): Promise<{ status?: number; text: string }> {
    const { target = "", body = {}, host = `${service}.${REGION}.amazonaws.com` } = question;
    const { accessKey = role.AccessKeyId, token = role.Token, time = new Date() } = question;
    const headers = {
      host,
      "content-type": "application/x-amz-json-1.1",
      "x-amz-date": time.toISOString().replace(/[-:]|\.\d+/g, ""),
      "x-amz-target": target,
      "x-amz-security-token": token,
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKey}/20260101/${REGION}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
    };
    const place = { host: "127.0.0.1", port: store.port, servername: host, ca: store.authority };
    return new Promise((resolve, reject) => {
      const { timeout = 20_000 } = question;
      const sent = request({ ...place, method: "POST", path: "/", headers, timeout }, (response) => {
        let text = "";
        response.on("data", (part: Buffer) => (text += part.toString()));
        response.on("end", () => resolve({ status: response.statusCode, text }));
      });
      sent.on("error", reject);
      sent.on("timeout", () => sent.destroy(new Error("no answer")));
      sent.end(JSON.stringify(body));
    });
  }

  const parameter = (question: Question = {}) => {
    const body = { Name: "/redis/password", WithDecryption: true };
    return ask("ssm", { target: "AmazonSSM.GetParameter", body, ...question });
  };

  test("answers for both services by their host names, with replaced values", async () => {
    const arn = await store.createSecret("redis", "one");
    await store.putSecret(arn, "two");
    await store.putParameter("/redis/password", "three");
    await store.putParameter("/redis/password", "four");
    const secret = await ask("secretsmanager", {
      target: "secretsmanager.GetSecretValue",
      body: { SecretId: arn },
    });
    expect(JSON.parse(secret.text)).toMatchObject({ SecretString: "two" });
    expect(JSON.parse((await parameter()).text)).toMatchObject({ Parameter: { Value: "four" } });
    expect(store.requests).toEqual(["GetSecretValue", "GetParameter"]);
  });

  test.each([
    ["other credentials", { accessKey: "AKIAOTHER" }, "UnrecognizedClientException"],
    ["another token", { token: "other" }, "UnrecognizedClientException"],
    [
      "a clock that is an hour ahead",
      { time: new Date(Date.now() + 3_600_000) },
      "InvalidSignatureException",
    ],
  ])("rejects %s", async (_, question, type) => {
    expect(JSON.parse((await parameter(question)).text)).toMatchObject({ __type: type });
  });

  test("has certificates for no other host", async () => {
    await expect(parameter({ host: "other.test" })).rejects.toThrow("altnames");
  });

  test("can throttle, be silent and be down", async () => {
    store.failure = "throttled";
    expect(JSON.parse((await parameter()).text)).toMatchObject({ __type: "ThrottlingException" });
    store.failure = "silent";
    await expect(parameter({ timeout: 300 })).rejects.toThrow("no answer");
    store.failure = "down";
    await expect(parameter()).rejects.toThrow();
  });
});
