package io.callgate.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.util.JavacTask;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.Elements;
import javax.lang.model.util.Types;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/// Whether the SDK runs on Android 10, API level 29 (decision 0025): every reference of `client`, and of what it
/// uses in `model` and `wire`, to the Java library is one to Java 8, or is named here with its reason.
class AndroidTest {
    /// API level 29 has these of Java 9 and later, or D8, Android's compiler, puts them into the app.
    private static final Set<String> BEYOND_JAVA_8 = Set.of(
            "java.lang.Record.<init>()", // D8 turns records into plain classes
            "java.util.List.copyOf(java.util.Collection)",
            "java.util.List.of",
            "java.util.Map.copyOf(java.util.Map)",
            "java.util.Map.entry(java.lang.Object,java.lang.Object)",
            "java.util.Map.of",
            "java.util.Set.copyOf(java.util.Collection)",
            "java.util.Set.of",
            "java.util.Optional.isEmpty()",
            "java.util.Optional.or(java.util.function.Supplier)",
            "java.util.Optional.orElseThrow()",
            "java.util.Optional.stream()",
            "java.lang.String.isBlank()",
            "java.lang.String.repeat(int)",
            "java.lang.String.strip()",
            "java.lang.String.stripTrailing()",
            "java.time.Duration.toSeconds()", // D8 with library desugaring
            "javax.net.ssl.SSLParameters.setApplicationProtocols([Ljava.lang.String;)"); // API level 29 has it itself

    /// Java 8 has them, Android never had.
    private static final List<String> NOT_ON_ANDROID = List.of(
            "java.awt.",
            "java.applet.",
            "java.beans.",
            "java.lang.management.",
            "java.rmi.",
            "javax.imageio.",
            "javax.management.",
            "javax.naming.",
            "javax.print.",
            "javax.rmi.",
            "javax.script.",
            "javax.swing.",
            "javax.tools.",
            "javax.jws.",
            "javax.xml.bind.",
            "javax.xml.ws.",
            "javax.annotation.processing.");

    private static final Set<JavaClass> SDK = reachedFrom(
            "io.callgate.client",
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("io.callgate.model", "io.callgate.wire", "io.callgate.client"));
    private static final JavacTask JAVA_8 = compilerOfJava8();

    @Test
    void callsNothingThatAndroid10Lacks() {
        TreeSet<String> missing = SDK.stream()
                .flatMap(type -> type.getCodeUnitAccessesFromSelf().stream())
                .map(access -> access.getTarget())
                .filter(target -> isOfTheLibrary(target.getOwner()))
                .filter(target -> !isAllowed(target) && !isInJava8(target))
                .map(AndroidTest::shown)
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(missing).as("not in Android 10, and D8 does not supply it").isEmpty();
    }

    @Test
    void usesNoTypeThatAndroid10Lacks() {
        TreeSet<String> missing = SDK.stream()
                .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                .map(dependency -> dependency.getTargetClass().getBaseComponentType())
                .filter(AndroidTest::isOfTheLibrary)
                .map(JavaClass::getFullName)
                .filter(name -> !name.equals("java.lang.Record"))
                .filter(name -> NOT_ON_ANDROID.stream().anyMatch(name::startsWith)
                        || JAVA_8.getElements().getTypeElement(name.replace('$', '.')) == null)
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(missing).isEmpty();
    }

    /// The twin that must fail: else the tests above could not.
    @Test
    void wouldNoticeAMethodOfJava13() {
        JavaClass buffer = new ClassFileImporter().importClass(Twin.class);

        assertThat(buffer.getCodeUnitAccessesFromSelf().stream()
                        .map(access -> access.getTarget())
                        .filter(target -> isOfTheLibrary(target.getOwner()))
                        .filter(target -> !isInJava8(target))
                        .map(AndroidTest::shown))
                .containsExactly("java.nio.ByteBuffer.get(int,[B)");
    }

    static final class Twin {
        static void read(ByteBuffer memory, byte[] bytes) {
            memory.get(0, bytes);
            memory.get(bytes);
        }
    }

    /// What an app gets: the client, and of the other modules what it uses.
    private static Set<JavaClass> reachedFrom(String root, JavaClasses all) {
        Set<JavaClass> reached = new HashSet<>();
        Deque<JavaClass> next = new ArrayDeque<>();
        all.stream().filter(type -> type.getPackageName().startsWith(root)).forEach(next::add);
        while (!next.isEmpty()) {
            JavaClass type = next.remove();
            if (reached.add(type)) {
                type.getDirectDependenciesFromSelf().stream()
                        .map(dependency -> dependency.getTargetClass().getBaseComponentType())
                        .filter(used -> used.getFullName().startsWith("io.callgate."))
                        .forEach(next::add);
            }
        }
        return reached;
    }

    private static boolean isOfTheLibrary(JavaClass type) {
        String name = type.getBaseComponentType().getFullName();
        return name.startsWith("java.") || name.startsWith("javax.");
    }

    private static boolean isAllowed(CodeUnitAccessTarget target) {
        return BEYOND_JAVA_8.contains(shown(target))
                || BEYOND_JAVA_8.contains(target.getOwner().getFullName() + "." + target.getName());
    }

    private static boolean isInJava8(CodeUnitAccessTarget target) {
        JavaClass owner = target.getOwner();
        if (owner.isArray()) {
            return true; // clone()
        }
        Elements elements = JAVA_8.getElements();
        TypeElement type = elements.getTypeElement(owner.getFullName().replace('$', '.'));
        return type != null
                && Stream.concat(
                                elements.getAllMembers(type).stream(),
                                elements.getAllMembers(elements.getTypeElement("java.lang.Object")).stream())
                        .filter(member -> isCalled(member, target.getName()))
                        .anyMatch(
                                member -> parameters((ExecutableElement) member).equals(parameters(target)));
    }

    private static boolean isCalled(Element member, String name) {
        return (member.getKind() == ElementKind.METHOD || member.getKind() == ElementKind.CONSTRUCTOR)
                && member.getSimpleName().contentEquals(name);
    }

    private static List<String> parameters(ExecutableElement method) {
        Types types = JAVA_8.getTypes();
        return method.getParameters().stream()
                .map(parameter -> types.erasure(parameter.asType()).toString())
                .toList();
    }

    private static List<String> parameters(CodeUnitAccessTarget target) {
        return target.getRawParameterTypes().stream()
                .map(type -> sourceForm(type))
                .toList();
    }

    /// `byte[]`, where bytecode has `[B`.
    private static String sourceForm(JavaClass type) {
        return type.isArray()
                ? sourceForm(type.getComponentType()) + "[]"
                : type.getFullName().replace('$', '.');
    }

    private static String shown(CodeUnitAccessTarget target) {
        return target.getOwner().getFullName() + "." + target.getName() + "("
                + target.getRawParameterTypes().stream()
                        .map(JavaClass::getFullName)
                        .collect(Collectors.joining(","))
                + ")";
    }

    private static JavacTask compilerOfJava8() {
        JavaFileObject nothing =
                new SimpleJavaFileObject(URI.create("string:///Nothing.java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return "class Nothing {}";
                    }
                };
        JavacTask task = (JavacTask) ToolProvider.getSystemJavaCompiler()
                .getTask(
                        null,
                        ToolProvider.getSystemJavaCompiler().getStandardFileManager(null, Locale.ROOT, null),
                        diagnostic -> {}, // that Java 8 is old
                        List.of("--release", "8"),
                        null,
                        List.of(nothing));
        try {
            task.analyze();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return task;
    }
}
