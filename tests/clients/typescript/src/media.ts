// Files: the API says where the bytes go, and they never pass through it.

import { type Api, opened, type Schemas } from "./api.ts";

type Announcement = Schemas["UploadIn"];

export async function upload(
  api: Api,
  file: Blob,
  name: string,
  contentType: Announcement["contentType"],
): Promise<Schemas["MediaOut"]> {
  const body: Announcement = { name, contentType, size: file.size };
  const { media, upload: way } = opened(await api.POST("/v1/media", { body }));
  const { "Content-Length": _, ...headers } = way.headers; // fetch counts by itself
  const sent = await fetch(way.url, { method: way.method, headers, body: file });
  await sent.arrayBuffer(); // a browser breaks off what nobody reads
  if (!sent.ok) throw new Error(`the bucket answered ${sent.status}`);
  const path = { media_id: media.mediaId };
  return opened(await api.POST("/v1/media/{media_id}/complete", { params: { path } }));
}
