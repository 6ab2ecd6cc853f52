package org.lacwarehouse.pipeline.lake;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumFs;
import org.apache.hadoop.fs.DelegateToFileSystem;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FsServerDefaults;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.local.LocalConfigKeys;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.spark.sql.SparkSession;

/**
 * Hadoop's local file system, with checksums as ever, that sets permissions and looks for links by itself. Without its
 * native library Hadoop starts a process, {@code chmod} or {@code readlink}, for each: three thousand in a first load.
 */
public final class LocalFiles extends LocalFileSystem {
    private static final URI LOCAL = URI.create("file:///");
    private static final boolean HAS_PERMISSIONS =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

    /** Made by Hadoop. */
    public LocalFiles() {
        super(new Raw());
    }

    /** Lets a session use it for the files of this machine. */
    static SparkSession.Builder use(SparkSession.Builder session) {
        return session.config("spark.hadoop.fs.file.impl", LocalFiles.class.getName())
                .config("spark.hadoop.fs.AbstractFileSystem.file.impl", Checked.class.getName());
    }

    private static final class Raw extends RawLocalFileSystem {
        @Override
        public void setPermission(Path path, FsPermission permission) throws IOException {
            java.nio.file.Path file = pathToFile(path).toPath();
            if (permission.getStickyBit() || !HAS_PERMISSIONS) {
                super.setPermission(path, permission);
                return;
            }
            Files.setPosixFilePermissions(
                    file,
                    PosixFilePermissions.fromString(permission.getUserAction().SYMBOL
                            + permission.getGroupAction().SYMBOL
                            + permission.getOtherAction().SYMBOL));
        }

        @Override
        public FileStatus getFileLinkStatus(Path path) throws IOException {
            return Files.isSymbolicLink(pathToFile(path).toPath())
                    ? super.getFileLinkStatus(path)
                    : getFileStatus(path);
        }
    }

    /** The same as Hadoop's other interface to files asks for it. */
    public static final class Checked extends ChecksumFs {
        /** Made by Hadoop. */
        public Checked(URI uri, Configuration configuration) throws IOException, URISyntaxException {
            super(new Unchecked(configuration));
        }
    }

    private static final class Unchecked extends DelegateToFileSystem {
        Unchecked(Configuration configuration) throws IOException, URISyntaxException {
            super(LOCAL, new Raw(), configuration, LOCAL.getScheme(), false);
        }

        @Override
        public int getUriDefaultPort() {
            return -1;
        }

        @Override
        public FsServerDefaults getServerDefaults(Path path) throws IOException {
            return LocalConfigKeys.getServerDefaults();
        }

        @Override
        public boolean isValidName(String name) {
            return true;
        }
    }
}
