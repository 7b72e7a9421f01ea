import { Empty } from "../../parts/notes";
import type { RouteOf } from "../../route";

export function SearchPage({ route }: { route: RouteOf<"search"> }) {
  return <Empty title={`Search: ${route.page}`} />;
}
