package org.lacwarehouse.pipeline.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionsTest {
    @TempDir
    Path folder;

    @Test
    void filesAreAsHadoopsOwnLocalFileSystemLeavesThem() throws IOException {
        Configuration plain = new Configuration();
        Configuration own = new Configuration();
        own.setClass("fs.file.impl", LocalFiles.class, FileSystem.class);
        own.setClass("fs.AbstractFileSystem.file.impl", LocalFiles.Checked.class, Object.class);

        assertThat(FileSystem.newInstance(URI.create("file:///"), own)).isInstanceOf(LocalFiles.class);
        assertThat(FileSystem.newInstance(URI.create("file:///"), plain)).isExactlyInstanceOf(LocalFileSystem.class);
        assertThat(work(own, folder.resolve("own")))
                .isEqualTo(work(plain, folder.resolve("plain")))
                .hasSize(10)
                .contains("private rwx------", "private/open rw-r-----", "private/.moved.crc rw-r--r--");
    }

    /** What Delta and Parquet do with files; then what there is and who may read it, and what is a link. */
    private static List<String> work(Configuration configuration, Path root) throws IOException {
        Files.createDirectory(root);
        try (FileSystem files = FileSystem.newInstance(URI.create("file:///"), configuration)) {
            org.apache.hadoop.fs.Path top = new org.apache.hadoop.fs.Path(root.toUri());
            org.apache.hadoop.fs.Path inside = new org.apache.hadoop.fs.Path(top, "private");
            files.mkdirs(inside, new FsPermission("700"));
            write(files, new org.apache.hadoop.fs.Path(inside, "open"));
            files.setPermission(new org.apache.hadoop.fs.Path(inside, "open"), new FsPermission("640"));
            write(files, new org.apache.hadoop.fs.Path(inside, "temporary"));
            write(files, new org.apache.hadoop.fs.Path(inside, "older"));
            FileContext context = FileContext.getFileContext(URI.create("file:///"), configuration);
            context.rename(
                    new org.apache.hadoop.fs.Path(inside, "temporary"),
                    new org.apache.hadoop.fs.Path(inside, "moved"),
                    Options.Rename.NONE);
            assertThatThrownBy(() -> context.rename(
                            new org.apache.hadoop.fs.Path(inside, "older"),
                            new org.apache.hadoop.fs.Path(inside, "moved"),
                            Options.Rename.NONE))
                    .isInstanceOf(org.apache.hadoop.fs.FileAlreadyExistsException.class);
            Files.createSymbolicLink(root.resolve("link"), root.resolve("private/open"));
            List<String> found = new ArrayList<>();
            found.add("link "
                    + files.getFileLinkStatus(new org.apache.hadoop.fs.Path(top, "link"))
                            .isSymlink());
            found.add("no link "
                    + files.getFileLinkStatus(new org.apache.hadoop.fs.Path(inside, "open"))
                            .isSymlink());
            try (Stream<Path> all = Files.walk(root)) {
                all.filter(path -> !path.equals(root))
                        .sorted()
                        .map(path -> shown(root, path))
                        .forEach(found::add);
            }
            // Checksums are kept, and looked at.
            Files.writeString(root.resolve("private/moved"), "rowz");
            assertThatThrownBy(() -> {
                        try (var stream = files.open(new org.apache.hadoop.fs.Path(inside, "moved"))) {
                            stream.readAllBytes();
                        }
                    })
                    .isInstanceOf(ChecksumException.class);
            return found;
        }
    }

    private static void write(FileSystem files, org.apache.hadoop.fs.Path file) throws IOException {
        try (var stream = files.create(file)) {
            stream.write("rows".getBytes(StandardCharsets.UTF_8));
        }
    }

    private static String shown(Path root, Path path) {
        try {
            return root.relativize(path) + " " + PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All of it goes along with every table that is read or written. */
    @Test
    void hadoopsConfigurationIsSmallAndStaysSo() {
        SparkSession spark = Sessions.local(folder.resolve("scratch"));
        try {
            Lake lake = new Lake(() -> spark, folder.resolve("warehouse"));
            lake.overwrite("gold/numbers", spark.range(3).toDF());
            assertThat(lake.read("gold/numbers").count()).isEqualTo(3);
            assertThat(spark.sparkContext().hadoopConfiguration().size()).isLessThan(40);
            assertThat(spark.sparkContext().hadoopConfiguration().get("fs.file.impl"))
                    .isEqualTo(LocalFiles.class.getName());
        } finally {
            Sessions.stop(spark);
        }
    }
}
