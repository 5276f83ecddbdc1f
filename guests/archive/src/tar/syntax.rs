//! The options of tar: a flat table of names and what they mean.

use cli::getopt::{Syntax, Takes};

use super::header::Format;
use crate::codec;

/// What an option means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opt {
    Mode(super::options::Action),
    File,
    Verbose,
    Directory,
    Pack(codec::Format),
    Program,
    Auto,
    NoAuto,
    Permissions,
    NoPermissions,
    SameOwner,
    NoSameOwner,
    NumericOwner,
    Owner,
    Group,
    ChangeMode,
    Mtime,
    ClampMtime,
    Touch,
    Exclude,
    ExcludeFrom,
    ExcludeVcs,
    ExcludeCaches,
    ExcludeTag,
    ExcludeBackups,
    FilesFrom,
    Null,
    NoNull,
    Verbatim,
    Strip,
    Transform,
    Stdout,
    Old(super::options::Old),
    Dereference,
    HardDereference,
    RemoveFiles,
    Wildcards,
    NoWildcards,
    WildcardsSlash,
    NoWildcardsSlash,
    Anchored,
    NoAnchored,
    IgnoreCase,
    NoIgnoreCase,
    Absolute,
    Format,
    FormatIs(Format),
    Sort,
    NoRecursion,
    Recursion,
    Totals,
    ShowTransformed,
    IgnoreZeros,
    FullTime,
    Utc,
    AddFile,
    Label,
    PaxOption,
    Newer,
    NewerMtime,
    Occurrence,
    OneTopLevel,
    OneFileSystem,
    StartingFile,
    BlockNumber,
    IgnoreFailedRead,
    KeepDirectoryLink,
    Quoting,
    Ignored,
    OldOwner,
    Help,
    Usage,
    Version,
}

use super::options::{Action, Old};
use codec::Format as Codec;

pub const SYNTAX: Syntax<Opt> = Syntax {
    short: &[
        (b'A', Takes::Nothing, Opt::Mode(Action::Concatenate)),
        (b'c', Takes::Nothing, Opt::Mode(Action::Create)),
        (b'd', Takes::Nothing, Opt::Mode(Action::Compare)),
        (b'r', Takes::Nothing, Opt::Mode(Action::Append)),
        (b't', Takes::Nothing, Opt::Mode(Action::List)),
        (b'u', Takes::Nothing, Opt::Mode(Action::Update)),
        (b'x', Takes::Nothing, Opt::Mode(Action::Extract)),
        (b'a', Takes::Nothing, Opt::Auto),
        (b'b', Takes::Value, Opt::Ignored),
        (b'B', Takes::Nothing, Opt::Ignored),
        (b'C', Takes::Value, Opt::Directory),
        (b'f', Takes::Value, Opt::File),
        (b'h', Takes::Nothing, Opt::Dereference),
        (b'H', Takes::Value, Opt::Format),
        (b'i', Takes::Nothing, Opt::IgnoreZeros),
        (b'I', Takes::Value, Opt::Program),
        (b'j', Takes::Nothing, Opt::Pack(Codec::Bzip2)),
        (b'J', Takes::Nothing, Opt::Pack(Codec::Xz)),
        (b'k', Takes::Nothing, Opt::Old(Old::Keep)),
        (b'K', Takes::Value, Opt::StartingFile),
        (b'l', Takes::Nothing, Opt::Ignored),
        (b'm', Takes::Nothing, Opt::Touch),
        (b'n', Takes::Nothing, Opt::Ignored),
        (b'N', Takes::Value, Opt::Newer),
        (b'o', Takes::Nothing, Opt::OldOwner),
        (b'O', Takes::Nothing, Opt::Stdout),
        (b'p', Takes::Nothing, Opt::Permissions),
        (b'P', Takes::Nothing, Opt::Absolute),
        (b'R', Takes::Nothing, Opt::BlockNumber),
        (b's', Takes::Nothing, Opt::Ignored),
        (b'S', Takes::Nothing, Opt::Ignored),
        (b'T', Takes::Value, Opt::FilesFrom),
        (b'U', Takes::Nothing, Opt::Old(Old::UnlinkFirst)),
        (b'v', Takes::Nothing, Opt::Verbose),
        (b'V', Takes::Value, Opt::Label),
        (b'X', Takes::Value, Opt::ExcludeFrom),
        (b'z', Takes::Nothing, Opt::Pack(Codec::Gzip)),
        (b'Z', Takes::Nothing, Opt::Pack(Codec::Compress)),
        (b'?', Takes::Nothing, Opt::Help),
    ],
    long: &[
        ("absolute-names", Takes::Nothing, Opt::Absolute),
        ("add-file", Takes::Value, Opt::AddFile),
        ("after-date", Takes::Value, Opt::Newer),
        ("anchored", Takes::Nothing, Opt::Anchored),
        ("append", Takes::Nothing, Opt::Mode(Action::Append)),
        ("atime-preserve", Takes::MaybeValue, Opt::Ignored),
        ("auto-compress", Takes::Nothing, Opt::Auto),
        ("block-number", Takes::Nothing, Opt::BlockNumber),
        ("blocking-factor", Takes::Value, Opt::Ignored),
        ("bzip2", Takes::Nothing, Opt::Pack(Codec::Bzip2)),
        ("catenate", Takes::Nothing, Opt::Mode(Action::Concatenate)),
        ("check-device", Takes::Nothing, Opt::Ignored),
        ("clamp-mtime", Takes::Nothing, Opt::ClampMtime),
        ("compare", Takes::Nothing, Opt::Mode(Action::Compare)),
        ("compress", Takes::Nothing, Opt::Pack(Codec::Compress)),
        ("concatenate", Takes::Nothing, Opt::Mode(Action::Concatenate)),
        ("create", Takes::Nothing, Opt::Mode(Action::Create)),
        ("delay-directory-restore", Takes::Nothing, Opt::Ignored),
        ("delete", Takes::Nothing, Opt::Mode(Action::Delete)),
        ("dereference", Takes::Nothing, Opt::Dereference),
        ("diff", Takes::Nothing, Opt::Mode(Action::Compare)),
        ("directory", Takes::Value, Opt::Directory),
        ("exclude", Takes::Value, Opt::Exclude),
        ("exclude-backups", Takes::Nothing, Opt::ExcludeBackups),
        ("exclude-caches", Takes::Nothing, Opt::ExcludeCaches),
        ("exclude-from", Takes::Value, Opt::ExcludeFrom),
        ("exclude-tag", Takes::Value, Opt::ExcludeTag),
        ("exclude-vcs", Takes::Nothing, Opt::ExcludeVcs),
        ("extract", Takes::Nothing, Opt::Mode(Action::Extract)),
        ("file", Takes::Value, Opt::File),
        ("files-from", Takes::Value, Opt::FilesFrom),
        ("force-local", Takes::Nothing, Opt::Ignored),
        ("format", Takes::Value, Opt::Format),
        ("full-time", Takes::Nothing, Opt::FullTime),
        ("get", Takes::Nothing, Opt::Mode(Action::Extract)),
        ("group", Takes::Value, Opt::Group),
        ("gunzip", Takes::Nothing, Opt::Pack(Codec::Gzip)),
        ("gzip", Takes::Nothing, Opt::Pack(Codec::Gzip)),
        ("hard-dereference", Takes::Nothing, Opt::HardDereference),
        ("help", Takes::Nothing, Opt::Help),
        ("ignore-case", Takes::Nothing, Opt::IgnoreCase),
        ("ignore-failed-read", Takes::Nothing, Opt::IgnoreFailedRead),
        ("ignore-zeros", Takes::Nothing, Opt::IgnoreZeros),
        ("keep-directory-symlink", Takes::Nothing, Opt::KeepDirectoryLink),
        ("keep-newer-files", Takes::Nothing, Opt::Old(Old::KeepNewer)),
        ("keep-old-files", Takes::Nothing, Opt::Old(Old::Keep)),
        ("label", Takes::Value, Opt::Label),
        ("list", Takes::Nothing, Opt::Mode(Action::List)),
        ("lzma", Takes::Nothing, Opt::Pack(Codec::Lzma)),
        ("mode", Takes::Value, Opt::ChangeMode),
        ("mtime", Takes::Value, Opt::Mtime),
        ("newer", Takes::Value, Opt::Newer),
        ("newer-mtime", Takes::Value, Opt::NewerMtime),
        ("no-acls", Takes::Nothing, Opt::Ignored),
        ("no-anchored", Takes::Nothing, Opt::NoAnchored),
        ("no-auto-compress", Takes::Nothing, Opt::NoAuto),
        ("no-check-device", Takes::Nothing, Opt::Ignored),
        ("no-delay-directory-restore", Takes::Nothing, Opt::Ignored),
        ("no-ignore-case", Takes::Nothing, Opt::NoIgnoreCase),
        ("no-null", Takes::Nothing, Opt::NoNull),
        ("no-overwrite-dir", Takes::Nothing, Opt::Old(Old::NoOverwriteDirectory)),
        ("no-quote-chars", Takes::Value, Opt::Ignored),
        ("no-recursion", Takes::Nothing, Opt::NoRecursion),
        ("no-same-owner", Takes::Nothing, Opt::NoSameOwner),
        ("no-same-permissions", Takes::Nothing, Opt::NoPermissions),
        ("no-seek", Takes::Nothing, Opt::Ignored),
        ("no-selinux", Takes::Nothing, Opt::Ignored),
        ("no-unquote", Takes::Nothing, Opt::Ignored),
        ("no-wildcards", Takes::Nothing, Opt::NoWildcards),
        ("no-wildcards-match-slash", Takes::Nothing, Opt::NoWildcardsSlash),
        ("no-xattrs", Takes::Nothing, Opt::Ignored),
        ("null", Takes::Nothing, Opt::Null),
        ("numeric-owner", Takes::Nothing, Opt::NumericOwner),
        ("occurrence", Takes::MaybeValue, Opt::Occurrence),
        ("old-archive", Takes::Nothing, Opt::FormatIs(Format::V7)),
        ("one-file-system", Takes::Nothing, Opt::OneFileSystem),
        ("one-top-level", Takes::MaybeValue, Opt::OneTopLevel),
        ("overwrite", Takes::Nothing, Opt::Old(Old::Overwrite)),
        ("overwrite-dir", Takes::Nothing, Opt::Ignored),
        ("owner", Takes::Value, Opt::Owner),
        ("pax-option", Takes::Value, Opt::PaxOption),
        ("portability", Takes::Nothing, Opt::FormatIs(Format::V7)),
        ("posix", Takes::Nothing, Opt::FormatIs(Format::Pax)),
        ("preserve-order", Takes::Nothing, Opt::Ignored),
        ("preserve-permissions", Takes::Nothing, Opt::Permissions),
        ("quote-chars", Takes::Value, Opt::Ignored),
        ("quoting-style", Takes::Value, Opt::Quoting),
        ("read-full-records", Takes::Nothing, Opt::Ignored),
        ("record-size", Takes::Value, Opt::Ignored),
        ("recursion", Takes::Nothing, Opt::Recursion),
        ("recursive-unlink", Takes::Nothing, Opt::Old(Old::UnlinkFirst)),
        ("remove-files", Takes::Nothing, Opt::RemoveFiles),
        ("same-order", Takes::Nothing, Opt::Ignored),
        ("same-owner", Takes::Nothing, Opt::SameOwner),
        ("same-permissions", Takes::Nothing, Opt::Permissions),
        ("seek", Takes::Nothing, Opt::Ignored),
        ("show-omitted-dirs", Takes::Nothing, Opt::Ignored),
        ("show-stored-names", Takes::Nothing, Opt::ShowTransformed),
        ("show-transformed-names", Takes::Nothing, Opt::ShowTransformed),
        ("skip-old-files", Takes::Nothing, Opt::Old(Old::Skip)),
        ("sort", Takes::Value, Opt::Sort),
        ("sparse", Takes::Nothing, Opt::Ignored),
        ("starting-file", Takes::Value, Opt::StartingFile),
        ("strip-components", Takes::Value, Opt::Strip),
        ("to-stdout", Takes::Nothing, Opt::Stdout),
        ("totals", Takes::MaybeValue, Opt::Totals),
        ("touch", Takes::Nothing, Opt::Touch),
        ("transform", Takes::Value, Opt::Transform),
        ("uncompress", Takes::Nothing, Opt::Pack(Codec::Compress)),
        ("ungzip", Takes::Nothing, Opt::Pack(Codec::Gzip)),
        ("unlink-first", Takes::Nothing, Opt::Old(Old::UnlinkFirst)),
        ("unquote", Takes::Nothing, Opt::Ignored),
        ("update", Takes::Nothing, Opt::Mode(Action::Update)),
        ("usage", Takes::Nothing, Opt::Usage),
        ("use-compress-program", Takes::Value, Opt::Program),
        ("utc", Takes::Nothing, Opt::Utc),
        ("verbatim-files-from", Takes::Nothing, Opt::Verbatim),
        ("verbose", Takes::Nothing, Opt::Verbose),
        ("version", Takes::Nothing, Opt::Version),
        ("warning", Takes::Value, Opt::Ignored),
        ("wildcards", Takes::Nothing, Opt::Wildcards),
        ("wildcards-match-slash", Takes::Nothing, Opt::WildcardsSlash),
        ("xform", Takes::Value, Opt::Transform),
        ("xz", Takes::Nothing, Opt::Pack(Codec::Xz)),
        ("zstd", Takes::Nothing, Opt::Pack(Codec::Zstd)),
    ],
};

pub const HELP: &str = "\
Usage: tar [OPTION...] [FILE]...
Keep many files in one archive, and take them out again.

What to do:
  -A, --concatenate          append archives to an archive
  -c, --create               make an archive
  -d, --diff                 compare an archive with the files
      --delete               remove members
  -r, --append               append files
  -t, --list                 list the members
  -u, --update               append files that are newer
  -x, --extract              take members out

The archive:
  -f, --file=ARCHIVE         its name; - is standard input or output
  -z, -j, -J, --zstd         compressed by gzip, bzip2, xz, zstd
  -a, --auto-compress        compressed as its name says
  -H, --format=FORMAT        v7, oldgnu, gnu, ustar, pax, posix
  -I, --use-compress-program=COMMAND, -V, --label=TEXT, -i, --ignore-zeros,
  --lzma, -Z, --pax-option=KEYWORD-LIST, --totals

The files:
  -C, --directory=DIR        change to DIR
  -T, --files-from=FILE      names from FILE; --null: with NULs between them
  --add-file=FILE            add FILE, whatever it begins with
  --exclude=PATTERN, -X, --exclude-from=FILE, --exclude-vcs, --exclude-caches,
  --exclude-tag=FILE, --exclude-backups, --anchored, --ignore-case,
  --[no-]wildcards, --[no-]wildcards-match-slash, --no-recursion, --one-file-system,
  -h, --dereference, --hard-dereference, -N, --newer=DATE, --newer-mtime=DATE,
  --sort=none|name|inode, --remove-files, -K, --starting-file=NAME, --occurrence[=N]

What is kept of them:
  -p, --same-permissions     modes without the umask
  --same-owner, --no-same-owner, --numeric-owner, --owner=NAME[:UID],
  --group=NAME[:GID], --mode=CHANGES, --mtime=DATE, --clamp-mtime, -m, --touch
  -P, --absolute-names       leading slashes and ..

Taking out:
  -k, --keep-old-files, --skip-old-files, --keep-newer-files, --overwrite,
  -U, --unlink-first, --one-top-level[=DIR], --keep-directory-symlink
  -O, --to-stdout            write to standard output
  --strip-components=N       drop N leading components of names
  --transform=EXPRESSION     change names as sed's s does

Talk:
  -v, --verbose, -R, --block-number, --full-time, --utc, --show-transformed-names
  --help, --version
";
