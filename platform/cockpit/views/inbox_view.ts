import type { DeveloperView, ViewPage } from "@archway/service_kit/developer_view.ts";
import type { Inbox, InboxMessage } from "./inbox.ts";
import { ViewError } from "./view_endpoint.ts";

/** Statuses that a button makes an inbox respond with, to see how a sender retries. */
const STATUSES = [204, 410, 429, 500, 503];

/** View of inboxes and what they have received. */
export function inboxView(inbox: Inbox): DeveloperView {
  return {
    async show({ path: [name, id] }): Promise<ViewPage | undefined> {
      if (name === undefined) return listPage(inbox);
      if (id === undefined) return await inboxPage(inbox, name);
      const message = inbox.messages(name).find((each) => String(each.id) === id);
      return message && await messagePage(message);
    },
    act({ action, values: { name = "", status } }): Promise<string> {
      switch (action) {
        case "respond":
          if (!STATUSES.includes(Number(status))) {
            throw new ViewError(400, "It cannot respond with this status");
          }
          inbox.respondWith(name, Number(status));
          return Promise.resolve(`From now on it responds with ${status}.`);
        case "clear":
          inbox.clear(name);
          return Promise.resolve("It is empty.");
        default:
          throw new ViewError(404, "There is no such action");
      }
    },
  };
}

function listPage(inbox: Inbox): ViewPage {
  const messages = inbox.messages();
  const names = [...new Set(messages.map((message) => message.inbox))];
  return {
    sections: [
      {
        kind: "note",
        text: "Point a webhook at /_dev/inbox/<name> of this address, with a name of your choice: " +
          "what it receives is shown here, until the program ends.",
      },
      {
        kind: "table",
        title: "Inboxes",
        columns: ["Name", "Messages", "Last one"],
        rows: names.map((name) => {
          const own = messages.filter((message) => message.inbox === name);
          return {
            cells: [
              { text: name, link: { view: "inbox", path: [name] } },
              own.length,
              { time: own[0]?.time ?? "" },
            ],
          };
        }),
        empty: "No message yet.",
      },
    ],
    isLive: true,
  };
}

async function inboxPage(inbox: Inbox, name: string): Promise<ViewPage> {
  const rows = await Promise.all(
    inbox.messages(name).map(async (message) => ({
      cells: [
        { time: message.time },
        {
          text: `${message.method} ${message.body.length} characters`,
          link: { view: "inbox", path: [name, String(message.id)] },
        },
        message.headers.find(([header]) => header === "webhook-id")?.[1] ?? "",
        await message.signature,
        message.status,
      ],
    })),
  );
  return {
    title: `Inbox ${name}`,
    sections: [
      { kind: "facts", facts: [["Path", `/_dev/inbox/${name}`], ["Responds with", inbox.statusOf(name)]] },
      {
        kind: "bar",
        buttons: [
          ...STATUSES.map((status) => ({
            label: `Respond with ${status}`,
            action: "respond",
            values: { name, status: String(status) },
          })),
          { label: "Empty it", action: "clear", values: { name } },
        ],
      },
      {
        kind: "table",
        title: "Messages, newest first",
        columns: ["Time", "Message", "Webhook-Id", "Signature", "Response"],
        rows,
        empty: "No message yet.",
      },
    ],
    isLive: true,
  };
}

async function messagePage(message: InboxMessage): Promise<ViewPage> {
  const { inbox, id, time, method, url, headers, body, isCut, status } = message;
  return {
    title: `Message ${id} of inbox ${inbox}`,
    sections: [
      {
        kind: "facts",
        facts: [
          ["Time", { time }],
          ["Request", `${method} ${url}`],
          ["Signature", await message.signature],
          ["Response", status],
        ],
      },
      { kind: "facts", title: "Headers", facts: headers },
      { kind: "lines", title: isCut ? "Beginning of the body" : "Body", lines: formatted(body).split("\n") },
    ],
  };
}

/** Returns JSON with indents, and other texts as they are. */
function formatted(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), undefined, 2);
  } catch {
    return body;
  }
}
