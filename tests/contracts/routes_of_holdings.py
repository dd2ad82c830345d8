"""The holdings' part of the route table: lists, filing, records with their labels and knowers, content, arrangement."""

METHODS = """
holdings:list                 GET +duty
holdings:quarantine           GET +duty
holdings:close_quarantine     POST +duty
holdings:file                 GET POST +duty
holdings:intake               POST +duty
holdings:register_intake      POST +duty
holdings:receive              PUT DELETE +duty
holdings:record               GET
holdings:edit                 GET POST
holdings:register             POST
holdings:propose_label        GET POST
holdings:decide_label         GET POST
holdings:knowers              GET POST
holdings:strike               POST
holdings:grants               GET POST
holdings:end_grant            POST
holdings:keep_grant           POST
holdings:grants_due           GET +duty
holdings:history              GET
holdings:viewer               GET
holdings:page                 GET
holdings:thumbnail            GET
holdings:player               GET
holdings:audio                GET
holdings:waveform             GET
holdings:original             GET
holdings:correct              GET POST
holdings:correction           POST
holdings:finish_correction    POST
holdings:version_viewer       GET
holdings:version_page         GET
holdings:version_player       GET
holdings:version_audio        GET
holdings:version_waveform     GET
holdings:version_original     GET
holdings:card                 GET POST +duty
holdings:register_many        POST
holdings:export               POST
holdings:views                GET POST +duty
holdings:rename_view          POST +duty
holdings:drop_view            POST +duty
holdings:grant_many           POST
holdings:move_many            POST
holdings:export               POST +duty
holdings:arrangement          GET +duty
holdings:add_fonds            POST +duty
holdings:add_series           POST +duty
holdings:archive_files        GET +duty
holdings:new_archive_file     GET POST +duty
holdings:archive_file         GET
holdings:undecided            GET +duty
holdings:put_undecided        GET POST +duty
holdings:undecided_thing      GET +duty
holdings:advance_undecided    POST +duty
holdings:import               GET POST +duty
holdings:import_template      GET +duty
holdings:import_file          PUT +duty
holdings:finish_import        POST +duty
"""

ROWS = """
# Lists: whoever is no officer, each with what he may know of
holdings:list  GET -  200=content,superuser  403:officer-sees-no-content=officers
holdings:quarantine  GET -  200=content,superuser  403:officer-sees-no-content=officers
holdings:close_quarantine  POST held  302:/records/quarantine/=keepers  403:duty-missing=superuser  403:officer-sees-no-content=officers
holdings:close_quarantine  POST? held  302:/records/quarantine/=keepers  403:duty-missing=superuser  403:officer-sees-no-content=officers
holdings:close_quarantine  POST absent  403:duty-missing=superuser  403:officer-sees-no-content=officers

# Filing: whoever holds a duty that opens records, for the units where he holds it
holdings:file  GET -  200=content  403:duty-missing=superuser  403:officer-sees-no-content=officers
holdings:file  POST -  302:/records/=hall  400=archivist,above,elsewhere,grantee  403:duty-missing=superuser  403:officer-sees-no-content=officers
holdings:file  POST? -  400=content  403:duty-missing=superuser  403:officer-sees-no-content=officers
holdings:intake  POST -  201=hall  400=archivist,above,elsewhere,grantee  403:duty-missing=superuser  403:officer-sees-no-content=officers
holdings:intake  POST? -  400=content  403:duty-missing=superuser  403:officer-sees-no-content=officers
holdings:register_intake  POST own  201=author  403:duty-missing=superuser  403:officer-sees-no-content=officers
holdings:register_intake  POST ended  409=author  403:duty-missing=superuser  403:officer-sees-no-content=officers
holdings:register_intake  POST absent  403:duty-missing=superuser  403:officer-sees-no-content=officers
holdings:receive  PUT own  201=author  403:duty-missing=superuser  403:officer-sees-no-content=officers
holdings:receive  PUT ended  409=author  403:duty-missing=superuser  403:officer-sees-no-content=officers
holdings:receive  PUT absent  403:duty-missing=superuser  403:officer-sees-no-content=officers
holdings:receive  DELETE own  200=author  403:duty-missing=superuser  403:officer-sees-no-content=officers
holdings:receive  DELETE absent  403:duty-missing=superuser  403:officer-sees-no-content=officers

# A record's description
holdings:record  GET open  200=content,superuser
holdings:record  GET internal  200=inside,grantee
holdings:record  GET core  200=author,cleared_listed
holdings:record  GET state  200=author
holdings:record  GET proposed  200=author,classification_officer
holdings:record  GET draft  200=author,keepers
holdings:record  GET absent

holdings:edit  GET open  403:state-forbids=content  403:duty-missing=superuser
holdings:edit  GET internal  403:state-forbids=inside,grantee
holdings:edit  GET core  403:state-forbids=author,cleared_listed
holdings:edit  GET proposed  403:state-forbids=author,classification_officer
holdings:edit  GET state  403:state-forbids=author
holdings:edit  GET draft  200=author  403:draft-of-another=keepers
holdings:edit  GET absent
holdings:edit  POST open  403:state-forbids=content  403:duty-missing=superuser
holdings:edit  POST internal  403:state-forbids=inside,grantee
holdings:edit  POST core  403:state-forbids=author,cleared_listed
holdings:edit  POST draft  302:/records/=author  403:draft-of-another=keepers
holdings:edit  POST absent
holdings:edit  POST? internal  403:state-forbids=inside,grantee
holdings:edit  POST? core  403:state-forbids=author,cleared_listed
holdings:edit  POST? draft  400=author  403:draft-of-another=keepers
holdings:edit  POST? absent

holdings:register  POST internal  403:state-forbids=inside,grantee
holdings:register  POST core  403:state-forbids=author,cleared_listed
holdings:register  POST draft  302:/records/=author  403:draft-of-another=keepers
holdings:register  POST absent
holdings:register  POST? draft  302:/records/=author  403:draft-of-another=keepers

# Its label
holdings:propose_label  GET open  200=keepers,above  403:no-basis-for-action=author,others_of_hall,elsewhere,grantee,superuser
holdings:propose_label  GET internal  200=keepers  403:no-basis-for-action=author,others_of_hall,grantee
holdings:propose_label  GET core  403:no-basis-for-action=author,cleared_listed
holdings:propose_label  GET proposed  200=classification_officer  403:no-basis-for-action=author
holdings:propose_label  GET draft  200=keepers  403:no-basis-for-action=author
holdings:propose_label  GET absent
holdings:propose_label  POST open  302:/records/=keepers,above  403:no-basis-for-action=author,others_of_hall,elsewhere,grantee,superuser
holdings:propose_label  POST internal  302:/records/=keepers  403:no-basis-for-action=author,others_of_hall,grantee
holdings:propose_label  POST core  403:no-basis-for-action=author,cleared_listed
holdings:propose_label  POST proposed  400=classification_officer  403:no-basis-for-action=author
holdings:propose_label  POST draft  302:/records/=keepers  403:no-basis-for-action=author
holdings:propose_label  POST absent
holdings:propose_label  POST? internal  400=keepers  403:no-basis-for-action=author,others_of_hall,grantee
holdings:propose_label  POST? core  403:no-basis-for-action=author,cleared_listed

# Whoever may know of the record sees what is proposed, and is told there why he does not decide it.
holdings:decide_label  GET open  200=content,superuser
holdings:decide_label  GET internal  200=inside,grantee
holdings:decide_label  GET core  200=author,cleared_listed
holdings:decide_label  GET proposed  200=author,classification_officer
holdings:decide_label  GET draft  200=author,keepers
holdings:decide_label  GET absent
holdings:decide_label  POST internal  403:duty-missing=inside,grantee
holdings:decide_label  POST core  403:duty-missing=author,cleared_listed
holdings:decide_label  POST open  400=classification_officer  403:duty-missing=inside,leader,principal_leader,elsewhere,grantee,superuser
holdings:decide_label  POST proposed  302:/records/=classification_officer  403:duty-missing=author
holdings:decide_label  POST draft  403:duty-missing=author,keepers
holdings:decide_label  POST absent
holdings:decide_label  POST? proposed  400=classification_officer  403:duty-missing=author
holdings:decide_label  POST? core  403:duty-missing=author,cleared_listed

# Who may know of it, and what was granted
holdings:knowers  GET open  200=keepers,above  403:no-basis-for-action=department_head  403:duty-missing=author,others_of_hall,outsider,grantee,superuser
holdings:knowers  GET internal  200=keepers  403:duty-missing=author,others_of_hall,grantee
holdings:knowers  GET core  403:duty-missing=author,cleared_listed
holdings:knowers  GET proposed  200=classification_officer  403:duty-missing=author
holdings:knowers  GET draft  200=keepers  403:duty-missing=author
holdings:knowers  GET absent
holdings:knowers  POST internal  302:/records/=keepers  403:duty-missing=author,others_of_hall,grantee
holdings:knowers  POST core  403:duty-missing=author,cleared_listed
holdings:knowers  POST proposed  400=classification_officer  403:duty-missing=author
holdings:knowers  POST absent
holdings:knowers  POST? proposed  400=classification_officer  403:duty-missing=author
holdings:knowers  POST? core  403:duty-missing=author,cleared_listed
holdings:strike  POST core  403:duty-missing=author,cleared_listed
holdings:strike  POST proposed  302:/records/=classification_officer  403:duty-missing=author
holdings:strike  POST absent

holdings:grants  GET open  200=keepers,leader,principal_leader  403:no-basis-for-action=department_head  403:duty-missing=author,others_of_hall,outsider,grantee,superuser,classification_officer
holdings:grants  GET internal  200=keepers  403:duty-missing=author,others_of_hall,grantee
holdings:grants  GET core  403:duty-missing=author,cleared_listed
holdings:grants  GET draft  403:state-forbids=keepers  403:duty-missing=author
holdings:grants  GET absent
holdings:grants  POST internal  302:/records/=keepers  403:duty-missing=author,others_of_hall,grantee
holdings:grants  POST core  403:duty-missing=author,cleared_listed
holdings:grants  POST draft  403:state-forbids=keepers  403:duty-missing=author
holdings:grants  POST absent
holdings:grants  POST? internal  400=keepers  403:duty-missing=author,others_of_hall,grantee
holdings:grants_due  GET -  200=content,superuser  403:officer-sees-no-content=officers
holdings:keep_grant  POST internal  302:/records/=keepers  403:duty-missing=author,others_of_hall,grantee
holdings:keep_grant  POST core  403:duty-missing=author,cleared_listed
holdings:keep_grant  POST absent
holdings:end_grant  POST internal  302:/records/=keepers  403:duty-missing=author,others_of_hall,grantee
holdings:end_grant  POST core  403:duty-missing=author,cleared_listed
holdings:end_grant  POST absent

# Who did what with it
holdings:history  GET open  200=keepers  403:no-basis-for-action=department_head  403:duty-missing=author,others_of_hall,above,outsider,grantee,superuser
holdings:history  GET internal  200=keepers  403:duty-missing=author,others_of_hall,grantee
holdings:history  GET core  403:duty-missing=author,cleared_listed
holdings:history  GET proposed  403:duty-missing=author,classification_officer
holdings:history  GET draft  200=keepers  403:duty-missing=author
holdings:history  GET absent

# Its content
holdings:viewer  GET open  200=content,superuser
holdings:viewer  GET internal  200=inside  403:no-basis-for-action=grantee
holdings:viewer  GET core  403:live-session-missing=author  403:approved-request-missing=cleared_listed
holdings:viewer  GET state  403:approved-request-missing=author
holdings:viewer  GET draft  200=author,keepers
holdings:viewer  GET quarantined  403:content-quarantined=inside  403:no-basis-for-action=grantee
holdings:viewer  GET foreign
holdings:viewer  GET absent
holdings:page  GET open  200=content,superuser
holdings:page  GET internal  200=inside  403:no-basis-for-action=grantee
holdings:page  GET core  403:live-session-missing=author  403:approved-request-missing=cleared_listed
holdings:page  GET state  403:approved-request-missing=author
holdings:page  GET draft  200=author,keepers
holdings:page  GET quarantined  403:content-quarantined=inside  403:no-basis-for-action=grantee
holdings:page  GET foreign
holdings:page  GET absent
holdings:thumbnail  GET open  200=content,superuser
holdings:thumbnail  GET internal  200=inside  403:no-basis-for-action=grantee
holdings:thumbnail  GET core  403:classified-never=author,cleared_listed
holdings:thumbnail  GET state  403:classified-never=author
holdings:thumbnail  GET draft  200=author,keepers
holdings:thumbnail  GET quarantined  403:content-quarantined=inside  403:no-basis-for-action=grantee
holdings:thumbnail  GET foreign
holdings:thumbnail  GET absent
holdings:player  GET open  200=content,superuser
holdings:player  GET internal  200=inside  403:no-basis-for-action=grantee
holdings:player  GET core  403:live-session-missing=author  403:approved-request-missing=cleared_listed
holdings:player  GET quarantined  403:content-quarantined=inside  403:no-basis-for-action=grantee
holdings:player  GET absent
holdings:audio  GET recording  200=inside  403:no-basis-for-action=grantee
holdings:audio  GET internal  403:no-basis-for-action=grantee
holdings:audio  GET core  403:live-session-missing=author  403:approved-request-missing=cleared_listed
holdings:audio  GET quarantined  403:content-quarantined=inside  403:no-basis-for-action=grantee
holdings:audio  GET foreign
holdings:audio  GET absent
holdings:waveform  GET recording  200=inside  403:no-basis-for-action=grantee
holdings:waveform  GET internal  403:no-basis-for-action=grantee
holdings:waveform  GET core  403:live-session-missing=author  403:approved-request-missing=cleared_listed
holdings:waveform  GET quarantined  403:content-quarantined=inside  403:no-basis-for-action=grantee
holdings:waveform  GET foreign
holdings:waveform  GET absent
holdings:original  GET open  200=content,superuser
holdings:original  GET internal  200=grantee  403:no-basis-for-action=inside
holdings:original  GET core  403:no-basis-for-action=author,cleared_listed
holdings:original  GET state  403:no-basis-for-action=author
holdings:original  GET draft  403:state-forbids=author,keepers
holdings:original  GET quarantined  403:content-quarantined=grantee  403:no-basis-for-action=inside
holdings:original  GET foreign
holdings:original  GET absent
holdings:correct  GET open  200=inside,above  403:no-basis-for-action=elsewhere,grantee  403:duty-missing=superuser
holdings:correct  GET internal  200=inside  403:no-basis-for-action=grantee
holdings:correct  GET core  200=author,cleared_listed
holdings:correct  GET draft  403:state-forbids=author,keepers
holdings:correct  GET foreign  403:no-basis-for-action=grantee
holdings:correct  GET absent
holdings:correct  POST internal  302:/records/=inside  403:no-basis-for-action=grantee
holdings:correct  POST core  302:/records/=author,cleared_listed
holdings:correct  POST draft  403:state-forbids=author,keepers
holdings:correct  POST foreign  403:no-basis-for-action=grantee
holdings:correct  POST absent
holdings:correct  POST? internal  400=inside  403:no-basis-for-action=grantee
holdings:correct  POST? core  400=author,cleared_listed
holdings:correction  POST internal  201=inside  403:no-basis-for-action=grantee
holdings:correction  POST core  201=author,cleared_listed
holdings:correction  POST draft  403:state-forbids=author,keepers
holdings:correction  POST foreign  403:no-basis-for-action=grantee
holdings:correction  POST absent
holdings:correction  POST? internal  400=inside  403:no-basis-for-action=grantee
holdings:correction  POST? core  400=author,cleared_listed
holdings:finish_correction  POST correcting  201=author  403:no-basis-for-action=grantee
holdings:finish_correction  POST absent

# One version of it, by its number
holdings:version_viewer  GET open  200=content,superuser
holdings:version_viewer  GET internal  200=inside  403:no-basis-for-action=grantee
holdings:version_viewer  GET core  403:live-session-missing=author  403:approved-request-missing=cleared_listed
holdings:version_viewer  GET state  403:approved-request-missing=author
holdings:version_viewer  GET draft  200=author,keepers
holdings:version_viewer  GET quarantined  403:content-quarantined=inside  403:no-basis-for-action=grantee
holdings:version_viewer  GET foreign
holdings:version_viewer  GET absent
holdings:version_page  GET open  200=content,superuser
holdings:version_page  GET internal  200=inside  403:no-basis-for-action=grantee
holdings:version_page  GET core  403:live-session-missing=author  403:approved-request-missing=cleared_listed
holdings:version_page  GET state  403:approved-request-missing=author
holdings:version_page  GET draft  200=author,keepers
holdings:version_page  GET quarantined  403:content-quarantined=inside  403:no-basis-for-action=grantee
holdings:version_page  GET foreign
holdings:version_page  GET absent
holdings:version_player  GET open  200=content,superuser
holdings:version_player  GET internal  200=inside  403:no-basis-for-action=grantee
holdings:version_player  GET core  403:live-session-missing=author  403:approved-request-missing=cleared_listed
holdings:version_player  GET quarantined  403:content-quarantined=inside  403:no-basis-for-action=grantee
holdings:version_player  GET absent
holdings:version_audio  GET recording  200=inside  403:no-basis-for-action=grantee
holdings:version_audio  GET internal  403:no-basis-for-action=grantee
holdings:version_audio  GET core  403:live-session-missing=author  403:approved-request-missing=cleared_listed
holdings:version_audio  GET quarantined  403:content-quarantined=inside  403:no-basis-for-action=grantee
holdings:version_audio  GET foreign
holdings:version_audio  GET absent
holdings:version_waveform  GET recording  200=inside  403:no-basis-for-action=grantee
holdings:version_waveform  GET internal  403:no-basis-for-action=grantee
holdings:version_waveform  GET core  403:live-session-missing=author  403:approved-request-missing=cleared_listed
holdings:version_waveform  GET quarantined  403:content-quarantined=inside  403:no-basis-for-action=grantee
holdings:version_waveform  GET foreign
holdings:version_waveform  GET absent
holdings:version_original  GET open  200=content,superuser
holdings:version_original  GET internal  200=grantee  403:no-basis-for-action=inside
holdings:version_original  GET core  403:no-basis-for-action=author,cleared_listed
holdings:version_original  GET state  403:no-basis-for-action=author
holdings:version_original  GET draft  403:state-forbids=author,keepers
holdings:version_original  GET quarantined  403:content-quarantined=grantee  403:no-basis-for-action=inside
holdings:version_original  GET foreign
holdings:version_original  GET absent

# Register cards, and drafts registered together
holdings:card  GET -  200=content  403:duty-missing=superuser  403:officer-sees-no-content=officers
holdings:card  POST -  302:/records/=hall  400=archivist,above,elsewhere,grantee  403:duty-missing=superuser  403:officer-sees-no-content=officers
holdings:card  POST? -  400=content  403:duty-missing=superuser  403:officer-sees-no-content=officers
holdings:register_many  POST -  302:/records/?state=draft=content,superuser  403:officer-sees-no-content=officers

# Copies of many, for whom each was granted to; the body names the open record, which nobody was
holdings:export  POST -  302:/records/=content,superuser  403:officer-sees-no-content=officers
holdings:export  POST? -  302:/records/=content,superuser  403:officer-sees-no-content=officers
# One's own saved views; the author has one
holdings:views  GET -  200=content,superuser  403:officer-sees-no-content=officers
holdings:views  POST -  302:/records/views/=content,superuser  403:officer-sees-no-content=officers
holdings:views  POST? -  400=content,superuser  403:officer-sees-no-content=officers
holdings:rename_view  POST kept  302:/records/views/=author  403:officer-sees-no-content=officers
holdings:rename_view  POST? kept  302:/records/views/=author  403:officer-sees-no-content=officers
holdings:rename_view  POST absent  403:officer-sees-no-content=officers
holdings:drop_view  POST kept  302:/records/views/=author  403:officer-sees-no-content=officers
holdings:drop_view  POST absent  403:officer-sees-no-content=officers

# Many at once: the internal record of the hall, which whoever is posted elsewhere does not find.
holdings:grant_many  POST -  302:/records/=keepers  404=department_head,leader,principal_leader  403:duty-missing=author,others_of_hall,classification_officer,outsider,grantee,superuser  403:officer-sees-no-content=officers
holdings:grant_many  POST? -  302:/records/=content,superuser  403:officer-sees-no-content=officers
holdings:move_many  POST -  302:/records/=keepers  404=department_head  403:duty-missing=author,others_of_hall,above,outsider,grantee,superuser  403:officer-sees-no-content=officers
holdings:move_many  POST? -  302:/records/=content,superuser  403:officer-sees-no-content=officers

# Where records stand
holdings:arrangement  GET -  200=content,superuser  403:officer-sees-no-content=officers
holdings:add_fonds  POST -  302:/records/arrangement/=archivist  403:duty-missing=hall,above,elsewhere,grantee,superuser  403:officer-sees-no-content=officers
holdings:add_fonds  POST? -  400=archivist  403:duty-missing=hall,above,elsewhere,grantee,superuser  403:officer-sees-no-content=officers
holdings:add_series  POST -  302:/records/arrangement/=archivist  403:duty-missing=hall,above,elsewhere,grantee,superuser  403:officer-sees-no-content=officers
holdings:add_series  POST? -  400=archivist  403:duty-missing=hall,above,elsewhere,grantee,superuser  403:officer-sees-no-content=officers
holdings:archive_files  GET -  200=content,superuser  403:officer-sees-no-content=officers
holdings:new_archive_file  GET -  200=content  403:duty-missing=superuser  403:officer-sees-no-content=officers
holdings:new_archive_file  POST -  302:/records/archive-files/=hall  400=archivist,above,elsewhere,grantee  403:duty-missing=superuser  403:officer-sees-no-content=officers
holdings:new_archive_file  POST? -  400=content  403:duty-missing=superuser  403:officer-sees-no-content=officers
holdings:archive_file  GET shelf  200=inside
holdings:archive_file  GET raised  200=author,cleared_listed
holdings:archive_file  GET absent

# P-25: an entry is its owner's, its decider's and the company's archivist's; one about a record the archivist may not
# know of is not his. Only the named decider takes a step, or the archivist another decider.
holdings:undecided  GET -  200=content  403:duty-missing=superuser  403:officer-sees-no-content=officers
holdings:put_undecided  GET -  200=content  403:duty-missing=superuser  403:officer-sees-no-content=officers
holdings:put_undecided  POST -  302:/records/undecided/=content  403:duty-missing=superuser  403:officer-sees-no-content=officers
holdings:put_undecided  POST? -  400=content  403:duty-missing=superuser  403:officer-sees-no-content=officers
holdings:undecided_thing  GET lying  200=author,hall_director,archivist  403:duty-missing=superuser  403:officer-sees-no-content=officers
holdings:undecided_thing  GET lying_core  200=author,hall_director  403:duty-missing=superuser  403:officer-sees-no-content=officers
holdings:undecided_thing  GET absent  403:duty-missing=superuser  403:officer-sees-no-content=officers
holdings:advance_undecided  POST lying  302:/records/undecided/=hall_director  409=author,archivist  403:duty-missing=superuser  403:officer-sees-no-content=officers
holdings:advance_undecided  POST? lying  400=author,hall_director,archivist  403:duty-missing=superuser  403:officer-sees-no-content=officers
holdings:advance_undecided  POST absent  403:duty-missing=superuser  403:officer-sees-no-content=officers

# Importing: whoever files, for the units where he does; an open import is its beginner's alone
holdings:import  GET -  200=content  403:duty-missing=superuser  403:officer-sees-no-content=officers
holdings:import  POST -  201=hall  400=archivist,above,elsewhere,grantee  403:duty-missing=superuser  403:officer-sees-no-content=officers
holdings:import  POST? -  400=content  403:duty-missing=superuser  403:officer-sees-no-content=officers
holdings:import_template  GET -  200=content  403:duty-missing=superuser  403:officer-sees-no-content=officers
holdings:import_file  PUT importing  201=author  403:duty-missing=superuser  403:officer-sees-no-content=officers
holdings:import_file  PUT absent  403:duty-missing=superuser  403:officer-sees-no-content=officers
holdings:finish_import  POST importing  201=author  403:duty-missing=superuser  403:officer-sees-no-content=officers
holdings:finish_import  POST absent  403:duty-missing=superuser  403:officer-sees-no-content=officers
"""
