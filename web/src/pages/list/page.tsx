import { Empty } from "../../parts/notes";
import type { RouteOf } from "../../route";

export function ListPage({ route }: { route: RouteOf<"list"> | RouteOf<"all"> }) {
  return <Empty title={`List: ${route.page}`} />;
}
