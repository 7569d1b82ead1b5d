package io.fluxgres.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.fluxgres.testkit.ChildJvm;
import io.fluxgres.testkit.PostgresExtension;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/**
 * The projects below {@code src/it}, which the build has compiled against the installed POMs with nothing of this build's
 * management of versions: they run with the libraries that the driver and the adapter are tested with.
 */
@Timeout(180)
class ConsumerIT {

    @RegisterExtension
    static final PostgresExtension postgres = new PostgresExtension();

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"driver", "r2dbc", "bom"})
    void aProjectThatDependsOnItGetsTheTestedLibraries(String project) throws Exception {
        Set<String> tested = names(ChildJvm.classPath());
        Set<String> resolved = names(classPath(project));
        assertThat(resolved).isSubsetOf(tested);
        assertThat(ofNettyAndReactor(resolved))
                .containsExactlyInAnyOrderElementsOf(ofNettyAndReactor(tested))
                .anyMatch(name -> name.startsWith("netty-transport-native-epoll") && name.contains("linux-x86_64"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"driver", "r2dbc", "bom"})
    void aProjectThatDependsOnItQueries(String project) throws Exception {
        List<Path> entries = new ArrayList<>(classPath(project));
        entries.add(project(project).resolve("classes"));
        String classPath = entries.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
        String url = postgres.url().substring("postgresql:".length());
        assertThat(ChildJvm.run(directory, List.of("-cp", classPath, "Consumer", url)))
                .contains("answer: 42");
    }

    /** The driver keeps Reactor Netty's own choice of Netty out, so it has to name each of its modules. */
    @Test
    void theDriverNamesEachModuleOfNettyThatReactorNettyDependsOn() throws Exception {
        Path reactorNetty = ChildJvm.classPath().stream()
                .filter(path -> path.getFileName().toString().startsWith("reactor-netty-core-"))
                .findAny()
                .orElseThrow();
        String name = reactorNetty.getFileName().toString().replaceFirst("jar$", "pom");
        List<String> required = dependencies(reactorNetty.resolveSibling(name));
        assertThat(required).hasSizeGreaterThan(3);
        assertThat(dependencies(Path.of("..", "driver", "pom.xml"))).containsAll(required);
    }

    /** Returns the modules of Netty that a POM names as dependencies, each with its classifier. */
    private static List<String> dependencies(Path pom) throws Exception {
        Document document =
                DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(pom.toFile());
        var nodes = document.getElementsByTagName("dependency");
        List<String> found = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            Element dependency = (Element) nodes.item(i);
            if (text(dependency, "groupId").equals("io.netty")) {
                found.add(text(dependency, "artifactId") + ":" + text(dependency, "classifier"));
            }
        }
        return found;
    }

    private static String text(Element dependency, String tag) {
        var nodes = dependency.getElementsByTagName(tag);
        return nodes.getLength() == 0 ? "" : nodes.item(0).getTextContent();
    }

    private static Path project(String name) {
        return Path.of("target", "it", name, "target").toAbsolutePath();
    }

    private static List<Path> classPath(String project) throws Exception {
        String line = Files.readString(project(project).resolve("classpath.txt"));
        return Stream.of(line.strip().split(File.pathSeparator)).map(Path::of).toList();
    }

    private static Set<String> names(List<Path> classPath) {
        return classPath.stream().map(path -> path.getFileName().toString()).collect(Collectors.toSet());
    }

    private static List<String> ofNettyAndReactor(Set<String> names) {
        return names.stream()
                .filter(name -> name.startsWith("netty-") || name.startsWith("reactor-"))
                .toList();
    }
}
