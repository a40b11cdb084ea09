#pragma once
// The checks behind tst_house_rules: plain functions over file texts, so that they can be tried on made-up
// files too. Each returns one sentence per violation, with the place; an empty list is a clean house.

#include <QString>
#include <QStringList>

#include <vector>

namespace headlight::test {

struct SourceFile {
    QString path; ///< from the root, with slashes ("core/base/error.h")
    QString text;
};
using SourceFiles = std::vector<SourceFile>;

/// The layers from left to right; the folders of one row are braced together. "ui" is the files directly in
/// ui/.
using Layers = std::vector<QStringList>;

/// A folder of plug-ins and the list that must name each of them.
struct Registry {
    enum Members { EveryFile, FilesWithoutHeader, Views };
    QString folder, list;
    Members members;
};

/// An include points to a layer further left, to the own folder, or is one of `exceptions` ("core/nn ->
/// core/attention").
QStringList arrowViolations(const SourceFiles& files, const Layers& layers, const QStringList& exceptions);
/// No file of one view includes a file of another: what starts with "<name>_" belongs to <name>_view.cpp.
QStringList viewViolations(const SourceFiles& files);
/// Nothing of Qt is included by core.
QStringList qtInCoreViolations(const SourceFiles& files);
/// Files over 450 lines, function bodies over 60, constructors over 40.
QStringList sizeViolations(const SourceFiles& files);
/// Headers guard themselves and import no namespace; sources include their own header first; each file, or
/// the header it belongs to, starts by saying why it exists.
QStringList shapeViolations(const SourceFiles& files);
/// Words of unfinished work.
QStringList wordViolations(const SourceFiles& files);
/// Plug-ins their list does not name: some identifier of it must start with the file's name (bert.cpp,
/// bertFamily).
QStringList registryViolations(const SourceFiles& files, const Registry& registry);
/// debian-packages.txt: known groups, a purpose for each package, none twice.
QStringList packageListViolations(const QString& text);

} // namespace headlight::test
