export { canStartCluster, startTestCluster, type TestCluster } from "./test-cluster.ts";
