package io.hotpool.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.hotpool.server.config.ConfigReader;
import io.hotpool.wire.fixture.DaemonProcess;
import io.hotpool.wire.fixture.Lab;
import io.hotpool.wire.fixture.Program;
import io.hotpool.wire.fixture.Repository;
import io.hotpool.wire.fixture.Yaml;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The manifests say what Kubernetes knows, agree with each other and with the image. */
class KubernetesTest {
    private static final Path FOLDER = Repository.root().resolve("docker/kubernetes");
    private static final Map<String, Class<?>> KINDS = Map.of(
            "v1 ConfigMap", ConfigMap.class,
            "v1 Service", Service.class,
            "apps/v1 Deployment", Deployment.class,
            "networking.k8s.io/v1 NetworkPolicy", NetworkPolicy.class,
            "policy/v1 PodDisruptionBudget", PodDisruptionBudget.class);
    private static final ObjectMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .build();

    @RegisterExtension
    static final Lab lab = Lab.standard();

    @TempDir
    Path folder;

    static Stream<Path> manifests() throws IOException {
        return Files.list(FOLDER)
                .filter(file ->
                        !file.endsWith("kustomization.yaml") && file.toString().endsWith(".yaml"));
    }

    /** Written back, the typed object has all that was in the file: a field that Kubernetes does not know would be missing or extra. */
    @ParameterizedTest
    @MethodSource("manifests")
    void every_field_is_one_that_kubernetes_knows(Path manifest) throws IOException {
        for (JsonNode document : Yaml.readAll(manifest)) {
            String kind = document.get("apiVersion").asText() + " "
                    + document.get("kind").asText();
            if (kind.equals("monitoring.coreos.com/v1 ServiceMonitor")) {
                continue;
            }
            assertThat(KINDS).containsKey(kind);
            Object typed = STRICT.treeToValue(document, KINDS.get(kind));
            assertThat(unknownFields(typed, kind, new ArrayList<>())).isEmpty();
        }
    }

    /** What a typed object keeps aside because it has no field for it, anywhere inside of it. */
    private static List<String> unknownFields(Object typed, String path, List<String> found) {
        if (typed instanceof Iterable<?> items) {
            items.forEach(item -> unknownFields(item, path, found));
        } else if (typed != null && typed.getClass().getName().startsWith("io.fabric8.")) {
            for (Method method : typed.getClass().getMethods()) {
                if (method.getParameterCount() == 0 && method.getName().startsWith("get")) {
                    Object value = called(method, typed);
                    if (method.getName().equals("getAdditionalProperties")) {
                        ((Map<?, ?>) value).keySet().forEach(key -> found.add(path + "." + key));
                    } else {
                        unknownFields(value, path + "." + method.getName().substring(3), found);
                    }
                }
            }
        }
        return found;
    }

    private static Object called(Method method, Object on) {
        try {
            return method.invoke(on);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static <T> T manifest(String name, Class<T> type) throws IOException {
        return STRICT.treeToValue(Yaml.read(FOLDER.resolve(name + ".yaml")), type);
    }

    private static PodSpec pod() throws IOException {
        return manifest("deployment", Deployment.class).getSpec().getTemplate().getSpec();
    }

    private static String dockerfile() throws IOException {
        return Files.readString(Repository.root().resolve("docker/Dockerfile"));
    }

    private static String fromDockerfile(String pattern) throws IOException {
        Matcher matcher = Pattern.compile(pattern).matcher(dockerfile());
        assertThat(matcher.find()).as(pattern).isTrue();
        return matcher.group(1);
    }

    @Test
    void the_pod_runs_as_the_user_of_the_image_with_everything_taken_away() throws IOException {
        long user = Long.parseLong(fromDockerfile("useradd --uid (\\d+)"));
        assertThat(pod().getSecurityContext().getRunAsUser()).isEqualTo(user);
        assertThat(pod().getSecurityContext().getRunAsGroup())
                .isEqualTo(Long.parseLong(fromDockerfile("groupadd --gid (\\d+)")));
        assertThat(pod().getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod().getAutomountServiceAccountToken()).isFalse();
        List<Container> all = new ArrayList<>(pod().getInitContainers());
        all.addAll(pod().getContainers());
        for (Container container : all) {
            SecurityContext context = container.getSecurityContext();
            assertThat(context.getReadOnlyRootFilesystem()).isTrue();
            assertThat(context.getAllowPrivilegeEscalation()).isFalse();
            assertThat(context.getCapabilities().getDrop()).containsExactly("ALL");
            assertThat(container.getResources().getLimits()).containsKey("memory");
        }
    }

    @Test
    void ports_probes_and_selectors_meet() throws IOException {
        Container container = pod().getContainers().get(0);
        assertThat(container.getPorts())
                .extracting(
                        ContainerPort::getName, port -> port.getContainerPort().toString())
                .containsExactlyInAnyOrder(
                        tuple("proxy", fromDockerfile("PROXY_LISTEN=\"0.0.0.0:(\\d+)\"")),
                        tuple("admin", fromDockerfile("ADMIN_LISTEN=\"0.0.0.0:(\\d+)\"")));
        for (Probe probe :
                List.of(container.getStartupProbe(), container.getReadinessProbe(), container.getLivenessProbe())) {
            HTTPGetAction get = probe.getHttpGet();
            assertThat(get.getPort().getStrVal()).isEqualTo("admin");
            assertThat(lab.admin(get.getPath())).isNotBlank();
        }
        Map<String, String> labels = manifest("deployment", Deployment.class)
                .getSpec()
                .getTemplate()
                .getMetadata()
                .getLabels();
        Service service = manifest("service", Service.class);
        assertThat(service.getSpec().getPorts())
                .extracting(ServicePort::getName, port -> port.getTargetPort().getStrVal())
                .containsExactly(tuple("proxy", "proxy"), tuple("admin", "admin"));
        assertThat(labels)
                .containsAllEntriesOf(manifest("deployment", Deployment.class)
                        .getSpec()
                        .getSelector()
                        .getMatchLabels())
                .containsAllEntriesOf(service.getSpec().getSelector())
                .containsAllEntriesOf(manifest("networkpolicy", NetworkPolicy.class)
                        .getSpec()
                        .getPodSelector()
                        .getMatchLabels())
                .containsAllEntriesOf(manifest("poddisruptionbudget", PodDisruptionBudget.class)
                        .getSpec()
                        .getSelector()
                        .getMatchLabels());
    }

    @Test
    void the_service_monitor_scrapes_the_admin_port_under_the_job_of_the_rules() throws IOException {
        JsonNode monitor = Yaml.read(FOLDER.resolve("servicemonitor.yaml"));
        assertThat(monitor.get("apiVersion").asText()).isEqualTo("monitoring.coreos.com/v1");
        JsonNode spec = monitor.get("spec");
        assertThat(spec.fieldNames()).toIterable().containsExactlyInAnyOrder("selector", "jobLabel", "endpoints");
        Service service = manifest("service", Service.class);
        Map<String, String> labels = service.getMetadata().getLabels();
        spec.get("selector")
                .get("matchLabels")
                .properties()
                .forEach(label -> assertThat(labels)
                        .containsEntry(label.getKey(), label.getValue().asText()));
        assertThat(labels.get(spec.get("jobLabel").asText()))
                .isEqualTo(Yaml.read(Repository.root().resolve("docker/prometheus/prometheus.yml"))
                        .get("scrape_configs")
                        .get(0)
                        .get("job_name")
                        .asText());
        JsonNode endpoint = spec.get("endpoints").get(0);
        assertThat(service.getSpec().getPorts())
                .extracting(ServicePort::getName)
                .contains(endpoint.get("port").asText());
        assertThat(lab.admin(endpoint.get("path").asText())).contains("hotpool_build_info");
    }

    @Test
    void every_mount_has_its_volume_and_every_volume_is_mounted() throws IOException {
        List<String> volumes = pod().getVolumes().stream().map(Volume::getName).toList();
        List<String> mounts = Stream.concat(pod().getInitContainers().stream(), pod().getContainers().stream())
                .flatMap(container -> container.getVolumeMounts().stream())
                .map(VolumeMount::getName)
                .distinct()
                .toList();
        assertThat(mounts).containsExactlyInAnyOrderElementsOf(volumes);
        assertThat(pod().getContainers().get(0).getVolumeMounts())
                .extracting(VolumeMount::getMountPath)
                .contains(fromDockerfile("VOLUME (\\S+)"), "/tmp");
    }

    /** A Service named hotpool would make HOTPOOL_PORT and others of the environment, and a start with unknown keys fails. */
    @Test
    void the_configuration_is_valid_and_nothing_else_gets_into_the_environment() throws Exception {
        assertThat(pod().getEnableServiceLinks()).isFalse();
        String toml = manifest("configmap", ConfigMap.class).getData().get("hotpool.toml");
        Path file = Files.writeString(folder.resolve("hotpool.toml"), toml);
        Map<String, String> environment = pod().getContainers().get(0).getEnv().stream()
                .collect(Collectors.toMap(EnvVar::getName, EnvVar::getValue));
        var proxy =
                new ConfigReader(file, environment, List.of()).read().config().proxy();
        assertThat(Duration.ofSeconds(pod().getTerminationGracePeriodSeconds()))
                .isGreaterThan(proxy.drainDelay().plus(proxy.drainTimeout()).plusSeconds(5));
        Probe readiness = pod().getContainers().get(0).getReadinessProbe();
        assertThat(proxy.drainDelay())
                .isGreaterThan(
                        Duration.ofSeconds((long) readiness.getPeriodSeconds() * readiness.getFailureThreshold()));
    }

    /** The init container's own command, on a secret as the kubelet lays it out: links to files that the group may read. */
    @Test
    void the_ca_of_the_secret_is_taken_with_the_right_mode() throws Exception {
        Path secret = Files.createDirectories(folder.resolve("secret/..data"));
        DaemonProcess.program(folder, List.of(), "ca", "show").run().ok();
        Path made = folder.resolve("state/hotpool/ca");
        for (String name : List.of("ca.pem", "ca.key")) {
            Files.copy(made.resolve(name), secret.resolve(name));
            Files.setPosixFilePermissions(secret.resolve(name), PosixFilePermissions.fromString("r--r-----"));
            Files.createSymbolicLink(folder.resolve("secret").resolve(name), Path.of("..data", name));
        }
        List<String> command = pod().getInitContainers().get(0).getCommand();
        Program.at(Path.of("/bin/" + command.get(0)))
                .args(command.get(1))
                .args(command.get(2)
                        .replace("/ca-secret", folder.resolve("secret").toString())
                        .replace("/var/lib/hotpool", folder.toString()))
                .run()
                .ok();

        Path ca = folder.resolve("ca");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(ca.resolve("ca.key"))))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(ca)))
                .isEqualTo("rwx------");
        try (DaemonProcess replica =
                (DaemonProcess) lab.start(config -> config.set("ca", "dir = \"" + ca + "\""), true)) {
            assertThat(replica.output()).contains(ca.resolve("ca.pem").toString());
        }
        assertThat(ca.resolve("ca.pem")).hasSameBinaryContentAs(made.resolve("ca.pem"));
    }

    /** HAProxy in the cluster is the one that the tests of replicas run, but for where its servers come from. */
    @Test
    void the_haproxy_of_the_cluster_is_that_of_the_tests_and_reaches_the_pods() throws IOException {
        List<JsonNode> documents = Yaml.readAll(FOLDER.resolve("replicas.yaml"));
        String configuration = documents.get(1).get("data").get("haproxy.cfg").asText();
        String tested = Files.readString(Repository.root().resolve("docker/haproxy/haproxy.cfg"));
        assertThat(lines(configuration)).containsExactlyElementsOf(lines(tested));
        JsonNode headless = documents.get(0);
        assertThat(headless.get("spec").get("clusterIP").asText()).isEqualTo("None");
        Deployment haproxy = STRICT.treeToValue(documents.get(2), Deployment.class);
        Container hotpool = pod().getContainers().get(0);
        Map<String, String> environment =
                haproxy.getSpec().getTemplate().getSpec().getContainers().get(0).getEnv().stream()
                        .filter(variable -> variable.getValue() != null)
                        .collect(Collectors.toMap(EnvVar::getName, EnvVar::getValue));
        assertThat(environment.get("HOTPOOL_REPLICAS"))
                .startsWith(headless.get("metadata").get("name").asText() + ".$(NAMESPACE).svc.")
                .endsWith(":" + hotpool.getPorts().get(0).getContainerPort());
        assertThat(configuration).contains(" port " + hotpool.getPorts().get(1).getContainerPort() + " init-addr none");
        Map<String, String> labels =
                haproxy.getSpec().getTemplate().getMetadata().getLabels();
        assertThat(manifest("networkpolicy", NetworkPolicy.class).getSpec().getIngress())
                .filteredOn(rule -> rule.getFrom().get(0).getPodSelector() != null)
                .filteredOn(rule ->
                        labels.equals(rule.getFrom().get(0).getPodSelector().getMatchLabels()))
                .singleElement()
                .satisfies(rule -> assertThat(rule.getPorts()).hasSize(2));
        Path file = Files.writeString(folder.resolve("haproxy.cfg"), configuration);
        Program.Output output = Program.named("haproxy")
                .args("-c", "-f", file)
                .env("HOTPOOL_BIND", "127.0.0.1:8080")
                .env("HOTPOOL_REPLICAS", "hotpool-replicas.default.svc.cluster.local:8080")
                .run()
                .ok();
        assertThat(output.text() + output.errors()).contains("valid");
    }

    private static List<String> lines(String configuration) {
        return configuration
                .lines()
                .dropWhile(line -> !line.equals("global"))
                .filter(line -> !line.strip().startsWith("server"))
                .toList();
    }

    @Test
    void kustomize_puts_all_of_it_together() throws IOException {
        List<String> listed = new ArrayList<>();
        Yaml.read(FOLDER.resolve("kustomization.yaml")).get("resources").forEach(file -> listed.add(file.asText()));
        assertThat(manifests().map(file -> file.getFileName().toString()))
                .filteredOn(name -> !name.equals("replicas.yaml"))
                .containsExactlyInAnyOrderElementsOf(listed);
        Program.Output output =
                Program.named("kubectl").args("kustomize", FOLDER).run().ok();
        Path built = Files.write(folder.resolve("built.yaml"), output.bytes());
        assertThat(Yaml.readAll(built)).hasSameSizeAs(listed);
        assertThat(StreamSupport.stream(Yaml.readAll(built).spliterator(), false)
                        .flatMap(d -> d.findValuesAsText("image").stream()))
                .containsOnly("hotpool:latest");
    }
}
