// The sources are formatted by clang-format, so that lines and columns are enough to tell functions; no
// parser is needed.

#include "tests/support/house_rules.h"

#include <QFileInfo>
#include <QMap>
#include <QRegularExpression>
#include <QSet>

#include <algorithm>
#include <functional>

namespace headlight::test {
namespace {

struct Include {
    QString path;
    int line = 0;
};

bool isSource(const QString& path)
{
    return path.endsWith(".h") || path.endsWith(".cpp");
}

QString place(const QString& path, int line)
{
    return QStringLiteral("%1:%2").arg(path).arg(line);
}

/// #include "..." lines; moc output is no file of ours.
std::vector<Include> quotedIncludes(const QString& text)
{
    static const QRegularExpression pattern(R"re(^\s*#\s*include\s*"([^"]+)")re");
    std::vector<Include> includes;
    const QStringList lines = text.split('\n');
    for (int i = 0; i < lines.size(); ++i) {
        const auto match = pattern.match(lines[i]);
        if (match.hasMatch() && !match.captured(1).endsWith(".moc"))
            includes.push_back({ match.captured(1), i + 1 });
    }
    return includes;
}

/// "core/base", "ui/views", "ui" for the files directly in it, "app" for all of it.
QString layerOf(const QString& path)
{
    const QStringList parts = path.split('/');
    if (parts[0] == "app" || parts.size() < 3)
        return parts[0];
    return parts[0] + '/' + parts[1];
}

int rowOf(const Layers& layers, const QString& layer)
{
    const auto row = std::find_if(
        layers.begin(), layers.end(), [&](const QStringList& folders) { return folders.contains(layer); });
    return row == layers.end() ? -1 : int(row - layers.begin());
}

/// Precompiled headers stand beside the layers; they include only what is not ours.
bool isLayered(const QString& path)
{
    return isSource(path) && QFileInfo(path).fileName() != "pch.h"
        && (path.startsWith("core/") || path.startsWith("ui/") || path.startsWith("app/"));
}

QStringList arrowViolationsOf(const SourceFile& file, const Layers& layers, const QStringList& exceptions)
{
    QStringList found;
    const QString from = layerOf(file.path);
    const int fromRow = rowOf(layers, from);
    if (fromRow < 0)
        return { QStringLiteral("%1 is in no layer of the plan").arg(file.path) };
    for (const Include& include : quotedIncludes(file.text)) {
        const QString to = layerOf(include.path);
        const int toRow = rowOf(layers, to);
        const QString arrow = from + " -> " + to;
        if (toRow < 0)
            found << place(file.path, include.line) + " includes " + include.path
                    + ", which is in no layer of the plan";
        else if (to != from && toRow >= fromRow && !exceptions.contains(arrow))
            found << place(file.path, include.line) + " includes " + include.path
                    + " against the arrows: " + arrow;
    }
    return found;
}

QString viewOwning(const QString& path, const QStringList& views)
{
    const QString stem = QFileInfo(path).completeBaseName();
    QString owner; // the longest name: text_pair_view is not the text view's
    for (const QString& view : views) {
        if (stem.startsWith(view + '_') && view.size() > owner.size())
            owner = view;
    }
    return path.startsWith("ui/views/") ? owner : QString();
}

QStringList viewNames(const SourceFiles& files)
{
    static const QRegularExpression pattern(R"(^ui/views/(\w+)_view\.cpp$)");
    QStringList names;
    for (const SourceFile& file : files) {
        if (const auto match = pattern.match(file.path); match.hasMatch())
            names << match.captured(1);
    }
    return names;
}

/// "Session::Session(..." is a constructor.
bool isConstructor(const QString& signature)
{
    static const QRegularExpression pattern(R"(\b(\w+)::\1\()");
    return pattern.match(signature).hasMatch();
}

/// With our formatting a function at namespace level is what stands between a lone { and a lone } in column
/// one.
QStringList longFunctions(const SourceFile& file)
{
    QStringList found;
    const QStringList lines = file.text.split('\n');
    int opened = -1;
    QString signature;
    for (int i = 0; i < lines.size(); ++i) {
        if (lines[i] == "{") {
            opened = i;
        } else if (lines[i] == "}" && opened >= 0) {
            const int limit = isConstructor(signature) ? 40 : 60;
            const int length = i - opened - 1;
            if (length > limit)
                found << QStringLiteral("%1 is a function of %2 lines (limit %3)")
                             .arg(place(file.path, opened + 1))
                             .arg(length)
                             .arg(limit);
            opened = -1;
            signature.clear();
        } else if (opened < 0) {
            signature = lines[i].isEmpty() ? QString() : signature + lines[i];
        }
    }
    return found;
}

bool startsWithComment(const SourceFile& file)
{
    static const QRegularExpression pattern(R"(^(#pragma once\n+)?//)");
    return pattern.match(file.text).hasMatch();
}

QString headerOf(const QString& path)
{
    return path.endsWith(".cpp") ? path.chopped(4) + ".h" : path;
}

QStringList headerViolations(const SourceFile& file)
{
    static const QRegularExpression import(R"((^|\n)\s*using namespace )");
    QStringList found;
    if (!file.text.startsWith("#pragma once\n"))
        found << file.path + " does not start with #pragma once";
    if (import.match(file.text).hasMatch())
        found << file.path + " is a header with `using namespace`";
    return found;
}

QString withoutComments(QString text)
{
    static const QRegularExpression comment(
        R"(//[^\n]*|/\*.*?\*/)", QRegularExpression::DotMatchesEverythingOption);
    return text.remove(comment);
}

QString plain(QString name)
{
    return name.remove('_').toLower();
}

bool isMember(const SourceFile& file, const Registry& registry, const QSet<QString>& paths)
{
    if (!file.path.startsWith(registry.folder + '/') || !file.path.endsWith(".cpp")
        || file.path == registry.list)
        return false;
    if (registry.members == Registry::Views)
        return file.path.endsWith("_view.cpp");
    return registry.members == Registry::EveryFile || !paths.contains(headerOf(file.path));
}

QSet<QString> pathsOf(const SourceFiles& files)
{
    QSet<QString> paths;
    for (const SourceFile& file : files)
        paths.insert(file.path);
    return paths;
}

/// The identifiers of a list's code, without case and underscores.
QSet<QString> identifiersOf(const SourceFiles& files, const QString& path)
{
    static const QRegularExpression word(R"(\w+)");
    QSet<QString> identifiers;
    for (const SourceFile& file : files) {
        if (file.path != path)
            continue;
        const QString code = withoutComments(file.text);
        for (auto matches = word.globalMatch(code); matches.hasNext();)
            identifiers.insert(plain(matches.next().captured()));
    }
    return identifiers;
}

/// Runs a check on every file of core, ui and app.
QStringList collect(const SourceFiles& files, const std::function<QStringList(const SourceFile&)>& check)
{
    QStringList found;
    for (const SourceFile& file : files) {
        if (isLayered(file.path))
            found << check(file);
    }
    return found;
}

} // namespace

QStringList arrowViolations(const SourceFiles& files, const Layers& layers, const QStringList& exceptions)
{
    return collect(
        files, [&](const SourceFile& file) { return arrowViolationsOf(file, layers, exceptions); });
}

QStringList viewViolations(const SourceFiles& files)
{
    const QStringList views = viewNames(files);
    return collect(files, [&](const SourceFile& file) {
        QStringList found;
        const QString own = viewOwning(file.path, views);
        for (const Include& include : quotedIncludes(file.text)) {
            const QString other = viewOwning(include.path, views);
            if (!own.isEmpty() && !other.isEmpty() && other != own)
                found << place(file.path, include.line) + " includes another view's " + include.path;
        }
        return found;
    });
}

QStringList qtInCoreViolations(const SourceFiles& files)
{
    static const QRegularExpression pattern(R"re(#\s*include\s*[<"]Q[A-Z])re");
    QStringList found;
    for (const SourceFile& file : files) {
        if (file.path.startsWith("core/") && pattern.match(file.text).hasMatch())
            found << file.path + " includes Qt";
    }
    return found;
}

QStringList sizeViolations(const SourceFiles& files)
{
    return collect(files, [](const SourceFile& file) {
        QStringList found = longFunctions(file);
        if (const auto lines = file.text.count('\n'); lines > 450)
            found << QStringLiteral("%1 has %2 lines (limit 450)").arg(file.path).arg(lines);
        return found;
    });
}

QStringList shapeViolations(const SourceFiles& files)
{
    const QSet<QString> paths = pathsOf(files);
    return collect(files, [&](const SourceFile& file) {
        if (file.path.endsWith(".h"))
            return startsWithComment(file)
                ? headerViolations(file)
                : headerViolations(file) << file.path + " does not say on top why it exists";
        const QString header = headerOf(file.path);
        if (!paths.contains(header))
            return startsWithComment(file) ? QStringList()
                                           : QStringList{ file.path + " does not say on top why it exists" };
        const auto includes = quotedIncludes(file.text);
        const bool first = !includes.empty() && includes[0].path == header;
        return first ? QStringList() : QStringList{ file.path + " does not include its own header first" };
    });
}

QStringList wordViolations(const SourceFiles& files)
{
    // Written in pieces, so that this file passes its own rule.
    static const QRegularExpression pattern("\\b("
                                            "TO"
                                            "DO|FIX"
                                            "ME|X"
                                            "XX|not imple"
                                            "mented|for"
                                            " now)\\b");
    QStringList found;
    for (const SourceFile& file : files) {
        const QStringList lines = file.text.split('\n');
        for (int i = 0; i < lines.size(); ++i) {
            if (const auto match = pattern.match(lines[i]); match.hasMatch())
                found << place(file.path, i + 1) + " says \"" + match.captured() + '"';
        }
    }
    return found;
}

QStringList registryViolations(const SourceFiles& files, const Registry& registry)
{
    const QSet<QString> paths = pathsOf(files);
    const QSet<QString> identifiers = identifiersOf(files, registry.list);
    QStringList found;
    for (const SourceFile& file : files) {
        const QString name = plain(QFileInfo(file.path).completeBaseName());
        if (isMember(file, registry, paths)
            && std::none_of(identifiers.begin(), identifiers.end(),
                [&](const QString& identifier) { return identifier.startsWith(name); }))
            found << file.path + " is missing from " + registry.list;
    }
    return found;
}

QStringList packageListViolations(const QString& text)
{
    static const QRegularExpression entry(R"(^([a-z0-9][a-z0-9+.-]+) +(\S.*)$)");
    static const QStringList groups{ "[build]", "[run]", "[test]", "[develop]" };
    QStringList found;
    QSet<QString> seen;
    bool grouped = false;
    for (const QString& line : text.split('\n')) {
        if (line.isEmpty() || line.startsWith('#'))
            continue;
        const auto match = entry.match(line);
        if (groups.contains(line))
            grouped = true;
        else if (!match.hasMatch() || !grouped)
            found << "neither a known group nor a package with its purpose: " + line;
        else if (seen.contains(match.captured(1)))
            found << "named twice: " + match.captured(1);
        seen.insert(match.captured(1));
    }
    return found;
}

} // namespace headlight::test
